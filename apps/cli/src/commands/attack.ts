import { Command, Option } from 'commander';
import { attackNames, type AttackName } from '@floatpath/attacks';
import { defaults } from '@floatpath/core';
import { argumentError, oneOf, positiveNumbers, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { dataOptions, endpointOption, modelOptions, option, runOptions } from '../options.js';
import type { AttackFlags } from '../run-attack.js';
import { targetsArgument } from '../target-rule.js';

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
    `of ${attackNames.join(', ')}; each sees the rows that the ones before left; square asks for scores, hopskipjump and rays for labels alone`,
    attackList,
    ['autoattack'] as const,
    'autoattack',
  ),
  option(
    '--queries <count>',
    'what square, hopskipjump and rays may ask about an image; 5000 unless given',
    (flag) => wholeNumber(flag, 1, 10_000_000),
  ),
  new Option('--targeted', 'the same as --targets next'),
  option(
    '--targets <which>',
    'the class to go for: next (after the label, cyclically), least-likely, random (from the seed), a class such as 3 (its own images are left out), a class per image as 3,1,4 or file:classes.txt; all: each other class in turn, until one is reached',
    targetsArgument,
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
