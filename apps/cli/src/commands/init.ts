import { Command, Option } from 'commander';
import type { Io } from '../io.js';
import type { InitFlags } from '../run-init.js';

/** `floatpath init`: arguments only. */
export function initCommand(io: Io): Command {
  return new Command('init')
    .summary('write floatpath.config.json')
    .description(
      'Writes floatpath.config.json, which audit and gate read: what would otherwise be flags, and the rules of the gate.',
    )
    .argument('[model]', 'ONNX file')
    .addOption(new Option('--force', 'replace the file if it is there'))
    .addOption(new Option('--json', 'print one JSON document'))
    .action(async (model: string | undefined, flags: InitFlags) => {
      const { runInit } = await import('../run-init.js');
      await runInit(model, flags, io);
    });
}
