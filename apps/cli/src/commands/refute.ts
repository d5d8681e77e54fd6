import { Command, Option } from 'commander';
import { defaults } from '@floatpath/core';
import { oneOf, openShare, positiveNumber, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { option } from '../options.js';
import type { RefuteFlags } from '../run-refute.js';
import { anchorOption, anchorOptions, scRfpOptions } from '../sc-rfp-options.js';

const own = [
  option('--sigma <number>', 'standard deviation of the noise, in input units', positiveNumber),
  anchorOption,
  option('--steps <count>', 'gradient steps per claim', (f) => wholeNumber(f, 1), 20),
  option(
    '--among <where>',
    "where x' is looked for: images (within the bounds) or all (every input that a certificate speaks of)",
    (f) => oneOf(f, ['images', 'all']),
    'images',
  ),
  option('--n0 <count>', 'draws that select the label', (f) => wholeNumber(f, 1), defaults.n0),
  option('--n <count>', 'draws that bound its probability', (f) => wholeNumber(f, 1), 1000),
  option('--alpha <share>', 'failure probability of each claim', openShare, defaults.alpha),
  option(
    '--seed <count>',
    'seed of the claims; the search takes the next one',
    (f) => wholeNumber(f, 0, 2 ** 53 - 3),
    defaults.seed,
  ),
  new Option(
    '--replay <file>',
    'ask again at the counterexamples of an --out, on other draws, with the flags of that search; needs no --data',
  ),
  new Option('--out <file>', 'counterexamples as NumPy archive, with a .json beside it').default(
    'counterexamples.npz',
  ),
];

/** `floatpath refute`: arguments only. */
export function refuteCommand(io: Io): Command {
  const command = new Command('refute')
    .summary('searches for counterexamples to claimed radii')
    .description(
      'Claims radii for the smoothed network, plain or repressed, and attacks the classifier that is deployed inside every one: anchors at the center are made anew at every input that is tried. Exit status 1 where more certificates are broken than chance explains; with --replay, where a counterexample does not hold again.',
    )
    .argument('<model>', 'model file, or a folder with a model.json');
  for (const made of [...scRfpOptions, ...anchorOptions, ...own]) command.addOption(made);
  return command.action(async (model: string, flags: RefuteFlags) => {
    if (flags.replay === undefined) {
      const { runRefute } = await import('../run-refute.js');
      await runRefute(model, flags, io);
    } else {
      const { runReplay } = await import('../run-replay.js');
      await runReplay(model, flags.replay, flags, io);
    }
  });
}
