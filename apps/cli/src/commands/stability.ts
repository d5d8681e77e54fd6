import { Command, Option } from 'commander';
import { defaults } from '@floatpath/core';
import { argumentError, numberList, oneOf, openShare, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { option } from '../options.js';
import { evidenceNames, type EvidenceName, type StabilityFlags } from '../run-stability.js';
import { scRfpOptions } from '../sc-rfp-options.js';

const epsilonList = (flag: string) => (text: string) => {
  const values = numberList(flag)(text);
  if (values.length > 0 && values.every((value) => value >= 0)) return values;
  throw argumentError(flag, 'numbers from 0 on such as 2/255,8/255', text);
};

const evidenceList = (flag: string) => (text: string) =>
  text.split(',').map((name): EvidenceName => oneOf(flag, evidenceNames)(name));

const own = [
  option(
    '--norm <norm>',
    'how changes are measured: linf, l2 or l1',
    (flag) => oneOf(flag, ['linf', 'l2', 'l1']),
    'linf',
  ),
  option('--epsilon <list>', 'radii in input units, e.g. 2/255,8/255', epsilonList),
  option(
    '--evidence <list>',
    'sampled; proved (the same as crown), interval, crown or alpha-crown (slow)',
    evidenceList,
    ['sampled', 'proved'],
    'sampled,proved',
  ),
  option('--draws <count>', 'of sampled, per ball', (flag) => wholeNumber(flag, 1), 1000),
  option(
    '--alpha <share>',
    'failure probability of the statement about flips not seen',
    openShare,
    defaults.alpha,
  ),
  option(
    '--seed <count>',
    'seed of all random draws',
    (flag) => wholeNumber(flag, 0, 2 ** 53 - 1),
    defaults.seed,
  ),
  new Option('--out <file>', 'write the JSON document here, with every ball'),
];

/** `floatpath stability`: arguments only. */
export function stabilityCommand(io: Io): Command {
  const command = new Command('stability')
    .summary('how many neurons are fixed around images, proved and sampled')
    .description(
      'For every layer: proved fixed <= truth <= not seen to flip on a ball around each image, cut with the input bounds; what is neither proved nor seen is undecided. Labels are not needed.',
    )
    .argument('<model>', 'ONNX file');
  for (const made of [...scRfpOptions, ...own]) command.addOption(made);
  return command.action(async (model: string, flags: StabilityFlags) => {
    const { runStability } = await import('../run-stability.js');
    await runStability(model, flags, io);
  });
}
