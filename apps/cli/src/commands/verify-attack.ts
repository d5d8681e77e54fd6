import { Command } from 'commander';
import { oneOf, positiveNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { endpointOption, modelOptions, option, runOptions } from '../options.js';
import type { VerifyAttackFlags } from '../run-verify-attack.js';

const shared = new Set(
  [
    '--bounds --mean --std --layout --secret-header',
    '--engine --batch-size --timeout --json --quiet',
  ].flatMap((flags) => flags.split(' ')),
);

/** `floatpath verify-attack`: arguments only. */
export function verifyAttackCommand(io: Io): Command {
  const command = new Command('verify-attack')
    .summary('checks adversarial examples that someone hands over')
    .description(
      'Measures every row of ADV.npz in float64 and asks the model again, as the row is and after rounding to 8 bits. Exit status 1 if a row that is claimed to be broken is not. Others’ rows may overstep epsilon by 1e-6 of it; rows of floatpath attack may not.',
    )
    .argument('<model>', 'ONNX file, or http(s) address of an endpoint')
    .argument(
      '<adv>',
      '.npz with x, adversarial (or x_adv), y and perhaps success, norm (0 linf, 1 l2, 2 l1), epsilon',
    );
  for (const made of [...modelOptions, endpointOption, ...runOptions])
    if (shared.has(made.long ?? '')) command.addOption(made);
  command
    .addOption(
      option('--norm <norm>', 'linf, l2 or l1, where the file does not say', (flag) =>
        oneOf(flag, ['linf', 'l2', 'l1']),
      ),
    )
    .addOption(option('--epsilon <number>', 'where the file does not say', positiveNumber));
  return command.action(async (model: string, adv: string, flags: VerifyAttackFlags) => {
    const { runVerifyAttack } = await import('../run-verify-attack.js');
    await runVerifyAttack(model, adv, flags, io);
  });
}
