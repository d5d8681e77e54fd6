import { Command, Option } from 'commander';
import { attackNames, type AttackName } from '@floatpath/attacks';
import { defaults } from '@floatpath/core';
import { argumentError, oneOf, positiveNumber, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { dataOptions, modelOptions, option, runOptions } from '../options.js';
import type { ExplainFlags } from '../run-explain.js';

const shared = new Set(
  [
    '--data --limit --skip --every',
    '--bounds --mean --std --layout --allow-inaccurate',
    '--engine --batch-size --no-images --force --resume --timeout --dry-run --json --quiet',
  ].flatMap((flags) => flags.split(' ')),
);

const attackList = (flag: string) => (text: string) =>
  text.split(',').map((name): AttackName => {
    const known = attackNames.find((candidate) => candidate === name.trim());
    if (known !== undefined) return known;
    throw argumentError(flag, `names of ${attackNames.join(', ')} with commas between them`, text);
  });

const own = [
  option('--norm <norm>', 'how changes are measured: linf, l2 or l1', (flag) =>
    oneOf(flag, ['linf', 'l2', 'l1']),
  ),
  option('--epsilon <number>', 'attack radius in input units, e.g. 8/255', positiveNumber),
  option(
    '--attack <names>',
    `what looks for failures, of ${attackNames.join(', ')}`,
    attackList,
    ['pgd'] as const,
    'pgd',
  ),
  new Option(
    '--adversarial <file>',
    'explain the adversarial examples in this .npz file instead: adversarial, and image for their indices',
  ),
  option(
    '--neighborhood <kind>',
    'where a neuron must not switch to be fixed: segment (to the adversarial version) or ball',
    (flag) => oneOf(flag, ['segment', 'ball']),
    'segment',
  ),
  option(
    '--evidence <kind>',
    'how that is known: segment or compared on a segment; crown, interval or alpha-crown on a ball (default: the first)',
    (flag) =>
      oneOf(flag, ['segment', 'compared', 'crown', 'interval', 'alpha-crown', 'proved', 'sampled']),
  ),
  option(
    '--seed <count>',
    'seed of all random draws',
    (flag) => wholeNumber(flag, 0, 2 ** 53 - 1),
    defaults.seed,
  ),
  new Option('--out <folder>', 'where the files go (default: ./floatpath-explanation)'),
];

/** `floatpath explain`: arguments only. */
export function explainCommand(io: Io): Command {
  const command = new Command('explain')
    .summary('tells why the model fails: which neurons switched, and what each contributed')
    .description(
      'Attacks the images, or takes adversarial examples from a file, and tells of every failure which paths lost the margin: its diagnosis, the margin ledger neuron by neuron, every switch on the way, and a set of neurons that flips it back.',
    )
    .argument('<model>', 'ONNX file');
  const common = [...dataOptions, ...modelOptions, ...runOptions];
  for (const made of common) if (shared.has(made.long ?? '')) command.addOption(made);
  for (const made of own) command.addOption(made);
  return command.action(async (model: string, flags: ExplainFlags) => {
    const { runExplain } = await import('../run-explain.js');
    await runExplain(model, flags, io);
  });
}
