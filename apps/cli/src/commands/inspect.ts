import { Command, Option } from 'commander';
import type { AuditFlags } from '../audit-options.js';
import type { Io } from '../io.js';
import { modelOptions } from '../options.js';

const own = new Set(['--bounds', '--mean', '--std', '--layout']);

/** `floatpath inspect`: arguments only. */
export function inspectCommand(io: Io): Command {
  const command = new Command('inspect')
    .summary('layers, ops, roles, preprocessing and hash of a model')
    .description(
      'Lists what a model file holds: inputs and outputs, every node with its op, its role in path analysis and its output shape for one input, and the hash that reports name the model by.',
    )
    .argument('<model>', 'model file, or a folder with a model.json');
  for (const option of modelOptions) if (own.has(option.long ?? '')) command.addOption(option);
  command.addOption(new Option('--json', 'print one JSON document'));
  return command.action(async (file: string, flags: AuditFlags) => {
    const { runInspect } = await import('../run-inspect.js');
    await runInspect(file, flags, io);
  });
}
