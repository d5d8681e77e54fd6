import { Command, Option } from 'commander';
import { oneOf } from '../arguments.js';
import type { Io } from '../io.js';
import { option } from '../options.js';
import type { RunFlags } from '../run-run.js';

/** `floatpath run`: arguments only. */
export function runCommand(io: Io): Command {
  return new Command('run')
    .summary('the outputs of a model for given arrays')
    .description(
      'Runs a model on NumPy arrays as they are, without preprocessing: an ONNX file on its own bytes in ONNX Runtime. Several inputs or outputs go by name in .npz files. A file that fixes its number of rows runs as often as needed.',
    )
    .argument('<model>', 'model file')
    .addOption(new Option('--input <file>', '.npy, or .npz by input name').makeOptionMandatory())
    .addOption(new Option('--output <file>', '.npy, or .npz by output name').makeOptionMandatory())
    .addOption(
      option(
        '--engine <name>',
        'ort (native, else WebAssembly) or ort-web',
        (flag) => oneOf(flag, ['ort', 'ort-web']),
        'ort',
      ),
    )
    .addOption(new Option('--force', 'write over a file that is there'))
    .addOption(new Option('--json', 'print one JSON document'))
    .action(async (model: string, flags: RunFlags) => {
      const { runRun } = await import('../run-run.js');
      await runRun(model, flags, io);
    });
}
