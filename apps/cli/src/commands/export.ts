import { Command, Option } from 'commander';
import { oneOf } from '../arguments.js';
import type { Io } from '../io.js';
import { option } from '../options.js';
import type { ExportFlags } from '../run-export.js';
import { anchorOptions, scRfpOptions } from '../sc-rfp-options.js';

const own = [
  option(
    '--anchor <name>',
    'input, global or denoised; others are another network at every image',
    (flag) => oneOf(flag, ['input', 'global', 'denoised', 'center', 'signs-at-x']),
    'denoised',
  ),
  new Option('--out <file>', 'the ONNX file').default('repressed.onnx'),
];

const unused = ['--data', '--limit', '--skip', '--every', '--timeout', '--dry-run', '--quiet'];

/** `floatpath export`: arguments only. */
export function exportCommand(io: Io): Command {
  const command = new Command('export')
    .summary('writes a repressed network as a plain ONNX file')
    .description(
      'Writes the network with its float paths repressed, preprocessing inside, as an ONNX file of standard ops, and runs the written bytes in ONNX Runtime: the logits are those of --engine within 1e-5 (reference: float64, which shares nothing with ONNX Runtime), or nothing is written.',
    )
    .argument('<model>', 'model file, or a folder with a model.json');
  const shared = scRfpOptions.filter(({ long }) => !unused.includes(long ?? ''));
  for (const made of [...shared, ...anchorOptions, ...own]) command.addOption(made);
  return command.action(async (model: string, flags: ExportFlags) => {
    const { runExport } = await import('../run-export.js');
    await runExport(model, flags, io);
  });
}
