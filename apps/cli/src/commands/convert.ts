import { Command, Option } from 'commander';
import type { Io } from '../io.js';
import type { ConvertFlags } from '../run-convert.js';

/** `floatpath convert`: arguments only. */
export function convertCommand(io: Io): Command {
  return new Command('convert')
    .summary('a model of any format as an ONNX file')
    .description(
      'Writes a model as ONNX of operator set 18 and says what changed. Both are run on the same inputs first: the outputs agree within 1e-5 of the largest, or nothing is written.',
    )
    .argument('<in>', 'model file, or a folder with a model.json')
    .argument('<out>', 'the ONNX file')
    .addOption(
      new Option(
        '--repair-batch',
        'free a fixed batch axis, where every op lets rows pass on their own',
      ),
    )
    .addOption(new Option('--force', 'write over a file that is there'))
    .addOption(new Option('--json', 'print one JSON document'))
    .action(async (file: string, out: string, flags: ConvertFlags) => {
      const { runConvert } = await import('../run-convert.js');
      await runConvert(file, out, flags, io);
    });
}
