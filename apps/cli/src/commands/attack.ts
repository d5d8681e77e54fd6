import { Command, Option } from 'commander';
import { attackNames, type AttackName } from '@floatpath/attacks';
import { defaults } from '@floatpath/core';
import { argumentError, oneOf, positiveNumbers, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { dataOptions, endpointOption, modelOptions, option, runOptions } from '../options.js';
import type { AttackFlags } from '../run-attack.js';

const shared = new Set(
  [
    '--data --limit --skip --every',
    '--bounds --mean --std --layout --secret-header',
    '--engine --batch-size --force --timeout --dry-run --json --quiet',
  ].flatMap((flags) => flags.split(' ')),
);

const attackList = (flag: string) => (text: string) =>
  text.split(',').map((name): AttackName => {
    const known = attackNames.find((candidate) => candidate === name.trim());
    if (known !== undefined) return known;
    throw argumentError(flag, `names of ${attackNames.join(', ')} with commas between them`, text);
  });

const targetRule = (flag: string) => (text: string) => {
  const named = (['next', 'least-likely'] as const).find((rule) => rule === text);
  if (named !== undefined) return named;
  if (/^\d+$/.test(text)) return Number(text);
  throw argumentError(flag, 'next, least-likely or the number of a class', text);
};

const own = [
  option('--norm <norm>', 'how changes are measured: linf, l2 or l1', (flag) =>
    oneOf(flag, ['linf', 'l2', 'l1']),
  ),
  option(
    '--epsilon <list>',
    'attack radii in input units, e.g. 8/255 or 2/255,4/255; with several, each has its own file',
    positiveNumbers,
  ),
  option(
    '--attack <names>',
    `of ${attackNames.join(', ')}; each sees the rows that the ones before left`,
    attackList,
    ['autoattack'] as const,
    'autoattack',
  ),
  new Option('--targeted', 'the same as --targets next'),
  option(
    '--targets <which>',
    'go for one class of every image: next (after its label, cyclically), least-likely, or a class such as 3, whose own images are left out',
    targetRule,
  ),
  new Option('--on-grid', 'a row counts as broken only after rounding to 8 bits'),
  option(
    '--seed <count>',
    'seed of all random draws',
    (flag) => wholeNumber(flag, 0, 2 ** 53 - 1),
    defaults.seed,
  ),
  new Option('--out <file>', 'the rows as NumPy archive').default('adv.npz'),
  new Option('--resume', 'go on with an interrupted run, to the same bytes'),
];

/** `floatpath attack`: arguments only. */
export function attackCommand(io: Io): Command {
  const command = new Command('attack')
    .summary('looks for inputs that the model gets wrong, and prints the attack table')
    .description(
      'Attacks every image in turn with each attack and prints who broke how many, with both denominators. Every row that counts as broken is inside ball and bounds in float64 and was asked again. The rows go to an .npz file that verify-attack checks. Regions are balls around images; for the boxes and linear conditions of a .vnnlib file use floatpath falsify.',
    )
    .argument('<model>', 'model file, folder with a model.json, or http(s) address of an endpoint');
  const common = [...dataOptions, ...modelOptions, endpointOption, ...runOptions];
  for (const made of common) if (shared.has(made.long ?? '')) command.addOption(made);
  for (const made of own) command.addOption(made);
  return command.action(async (model: string, flags: AttackFlags) => {
    const { runAttack } = await import('../run-attack.js');
    await runAttack(model, flags, io);
  });
}
