import { Command } from 'commander';
import { defaults } from '@floatpath/core';
import { noiseKinds } from '@floatpath/smoothing';
import { openShare, oneOf, positiveNumber, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { dataOptions, endpointOption, modelOptions, option, runOptions } from '../options.js';
import type { PredictFlags } from '../run-predict.js';

const shared = new Set(
  [
    '--data --limit --skip --every',
    '--bounds --mean --std --layout --secret-header',
    '--engine --batch-size --timeout --dry-run --json --quiet',
  ].flatMap((flags) => flags.split(' ')),
);

/** `floatpath predict`: arguments only. */
export function predictCommand(io: Io): Command {
  const command = new Command('predict')
    .summary('labels of the smoothed network, or abstentions')
    .description(
      'Prints the smoothed label of every image, or an abstention, by an exact test of the two most frequent labels. Without --seed a fresh one is drawn and printed: an image made with knowledge of the noise voids the test.',
    )
    .argument('<model>', 'model file, folder with a model.json, or http(s) address of an endpoint');
  const common = [...dataOptions, ...modelOptions, endpointOption, ...runOptions];
  for (const made of common) if (shared.has(made.long ?? '')) command.addOption(made);
  command
    .addOption(option('--sigma <number>', 'standard deviation of the noise', positiveNumber))
    .addOption(
      option(
        '--noise <kind>',
        noiseKinds.join(', '),
        (flag) => oneOf(flag, noiseKinds),
        'integer-gaussian',
      ),
    )
    .addOption(option('--n <count>', 'draws', (f) => wholeNumber(f, 1), 1_000))
    .addOption(option('--alpha <share>', 'level of the test', openShare, defaults.alpha))
    .addOption(option('--seed <count>', 'of the noise', (f) => wholeNumber(f, 0, 2 ** 53 - 1)));
  return command.action(async (model: string, flags: PredictFlags) => {
    const { runPredict } = await import('../run-predict.js');
    await runPredict(model, flags, io);
  });
}
