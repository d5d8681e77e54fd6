import { Command, Option } from 'commander';
import { defaults } from '@floatpath/core';
import { numberList, oneOf, openShare, positiveNumber, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { option } from '../options.js';
import type { CalibrateFlags } from '../run-calibrate.js';
import { denoiserOption, formOption, scRfpOptions } from '../sc-rfp-options.js';

const own = [
  option('--sigma <number>', 'standard deviation of the noise, in input units', positiveNumber),
  option(
    '--anchor <name>',
    'what the calibration is for: input, global or denoised',
    (flag) => oneOf(flag, ['input', 'global', 'denoised']),
    'denoised',
  ),
  formOption,
  denoiserOption,
  option('--draws <count>', 'noise vectors per image', (f) => wholeNumber(f, 2), 64),
  option(
    '--held-out <count>',
    'the last so many images choose kappa and lambda',
    (f) => wholeNumber(f, 0),
    0,
  ),
  option(
    '--kappa <list>',
    'values to choose from; of the global anchor, shares q',
    numberList,
    [1] as const,
    '1',
  ),
  option(
    '--lambda <list>',
    'values to choose from; the first of equal ones wins',
    numberList,
    [0.75, 0.5] as const,
    '.75,.5',
  ),
  option(
    '--n0 <count>',
    'draws that select a held-out label',
    (f) => wholeNumber(f, 1),
    defaults.n0,
  ),
  option('--n <count>', 'draws that bound its probability', (f) => wholeNumber(f, 1), 1000),
  option('--alpha <share>', 'failure probability of its certificate', openShare, defaults.alpha),
  option(
    '--seed <count>',
    'seed of all random draws',
    (f) => wholeNumber(f, 0, 2 ** 53 - 1),
    defaults.seed,
  ),
  new Option('--out <file>', 'the calibration').default('calibration.json'),
];

/** `floatpath calibrate`: arguments only. */
export function calibrateCommand(io: Io): Command {
  const command = new Command('calibrate')
    .summary('measures what SC-RFP needs to know about a model, on training images')
    .description(
      'Measures how far every unit moves under the noise and, by --anchor, how often it switches or a linear denoiser. Units are measured on the first 150 of the images, the denoiser on all; with --held-out, kappa and lambda are chosen on the last ones, and certify, refute and export take them. Every image that is used here is refused later, where something is reported.',
    )
    .argument('<model>', 'model file, or a folder with a model.json');
  for (const made of [...scRfpOptions, ...own]) command.addOption(made);
  return command.action(async (model: string, flags: CalibrateFlags) => {
    const { runCalibrate } = await import('../run-calibrate.js');
    await runCalibrate(model, flags, io);
  });
}
