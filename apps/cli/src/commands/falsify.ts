import { Command, Option } from 'commander';
import { defaults } from '@floatpath/core';
import { oneOf, positiveNumber, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { option } from '../options.js';
import type { FalsifyFlags } from '../run-falsify.js';

const own = [
  option('--timeout <seconds>', 'stop looking after so long', positiveNumber, 60),
  option(
    '--seed <count>',
    'seed of all random draws',
    (flag) => wholeNumber(flag, 0, 2 ** 53 - 1),
    defaults.seed,
  ),
  option(
    '--engine <name>',
    'ort (native, else WebAssembly) or ort-web',
    (flag) => oneOf(flag, ['ort', 'ort-web']),
    'ort',
  ),
  new Option('--json', 'print one JSON document'),
  new Option('--quiet', 'no reason on stderr'),
];

/** `floatpath falsify`: arguments only. */
export function falsifyCommand(io: Io): Command {
  const command = new Command('falsify')
    .summary('a counterexample to a vnnlib property, or a proof that there is none')
    .description(
      'Searches the unsafe set that a vnnlib file describes. The first word on stdout is sat (with a counterexample in VNN-COMP format, confirmed on the file itself in ONNX Runtime without a tolerance), unsat (bounds prove that there is none) or unknown. All three are answers: the exit status is 0.',
    )
    .argument('<model>', 'model file')
    .argument('<spec>', 'vnnlib file, gzipped or not');
  for (const made of own) command.addOption(made);
  return command.action(async (model: string, spec: string, flags: FalsifyFlags) => {
    const { runFalsify } = await import('../run-falsify.js');
    await runFalsify(model, spec, flags, io);
  });
}
