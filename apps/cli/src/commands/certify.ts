import { Command, Option } from 'commander';
import { defaults } from '@floatpath/core';
import { noiseKindOf, noiseKinds, type NoiseKind } from '@floatpath/smoothing';
import { numberList, oneOf, openShare, positiveNumber, wholeNumber } from '../arguments.js';
import type { CertifyFlags } from '../certify-options.js';
import type { Io } from '../io.js';
import { anchorOption, anchorOptions } from '../sc-rfp-options.js';
import {
  dataOptions,
  endpointOption,
  modelOptions,
  option,
  redisOption,
  runOptions,
} from '../options.js';

const shared = new Set(
  [
    '--data --limit --skip --every',
    '--bounds --mean --std --layout --secret-header --allow-inaccurate',
    '--engine --workers --batch-size --timeout --dry-run --json --quiet',
  ].flatMap((flags) => flags.split(' ')),
);

/** A kind, its norm, and a word of warning. */
function described(kind: NoiseKind): string {
  const { norm, arithmetic } = noiseKindOf(kind);
  return `${kind} (${norm}${arithmetic === 'float' ? ', float' : ''})`;
}

const own = [
  option('--sigma <number>', 'standard deviation of the noise, in input units', positiveNumber),
  option(
    '--noise <kind>',
    `${noiseKinds.map(described).join(', ')} or splitting (l1, deterministic)`,
    (flag) => oneOf(flag, [...noiseKinds, 'splitting']),
    'integer-gaussian',
  ),
  option('--norm <norm>', 'norm of the radii: that of the noise, or linf through l2', (flag) =>
    oneOf(flag, ['l1', 'l2', 'linf']),
  ),
  option(
    '--bound <kind>',
    'binary, two-class, planned, selection-free, stevens, anytime or staged',
    (flag) =>
      oneOf(flag, [
        'binary',
        'two-class',
        'planned',
        'selection-free',
        'stevens',
        'anytime',
        'staged',
      ]),
  ),
  option('--stages <list>', 'numbers of draws of the staged bound, the last being n', numberList),
  option('--n0 <count>', 'draws that select the label', (f) => wholeNumber(f, 1), defaults.n0),
  option(
    '--n <count>',
    'most draws that bound its probability',
    (f) => wholeNumber(f, 1),
    defaults.n,
  ),
  option('--alpha <share>', 'failure probability of each certificate', openShare, defaults.alpha),
  option('--target-radius <number>', 'stop an image once R >= r is decided', positiveNumber),
  option('--until <gain>', 'stop an image once more draws would gain less radius', positiveNumber),
  option(
    '--noise-sharing <how>',
    'per-image, or shared: all images see the same draws',
    (flag) => oneOf(flag, ['per-image', 'shared']),
    'per-image',
  ),
  option(
    '--first-layer <how>',
    'float32, or fixed-point: what it makes of shared draws is computed once',
    (flag) => oneOf(flag, ['float32', 'fixed-point']),
    'float32',
  ),
  option(
    '--seed <count>',
    'seed of all random draws',
    (f) => wholeNumber(f, 0, 2 ** 53 - 1),
    defaults.seed,
  ),
  option('--radii <list>', 'radii of the curve', numberList),
  new Option('--shard <i/n>', 'every n-th of the images, from the i-th on; merge adds the files'),
  redisOption,
  new Option('--out <file>', 'the counts file').default('counts.jsonl'),
  new Option('--tsv <file>', 'write the certificates as a log that other programs read, too'),
  new Option('--svg <file>', 'draw the curve with its exact bands'),
  new Option('--resume', 'go on with an interrupted counts file'),
];

/** `floatpath certify`: arguments only. */
export function certifyCommand(io: Io): Command {
  const command = new Command('certify')
    .summary('radii within which the smoothed network keeps its label')
    .description(
      'Counts the labels of noisy copies of every image into a counts file and prints what the counts certify. With --anchor the network is repressed (SC-RFP); anchors at the center give surrogate radii, which certify nothing. Killed or interrupted at any moment, --resume goes on to the same bytes.',
    )
    .argument('<model>', 'model file, folder with a model.json, or http(s) address of an endpoint');
  const common = [...dataOptions, ...modelOptions, endpointOption, ...runOptions];
  for (const made of common) if (shared.has(made.long ?? '')) command.addOption(made);
  for (const made of [...own, anchorOption, ...anchorOptions]) command.addOption(made);
  return command.action(async (model: string, flags: CertifyFlags) => {
    const { runCertify } = await import('../run-certify.js');
    await runCertify(model, flags, io);
  });
}
