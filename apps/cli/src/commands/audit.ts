import { Command } from 'commander';
import type { AuditFlags } from '../audit-options.js';
import type { Io } from '../io.js';
import { dataOptions, modelOptions, runOptions, threatOptions } from '../options.js';

/** `floatpath audit`: arguments only; the work and the libraries that it needs are loaded when it runs. */
export function auditCommand(io: Io, argv: readonly string[]): Command {
  const command = new Command('audit')
    .summary('what fails, why, what smoothing repairs and what is certified')
    .description(
      'Audits models on labelled images: what an attack finds, why each failure happens, what smoothing repairs and what is certified.\nWithout MODEL: two bundled networks on MNIST test images. With MODEL: --data, --norm, --epsilon and --sigma are required.',
    )
    .argument('[model...]', 'ONNX files');
  for (const made of [...dataOptions, ...threatOptions, ...modelOptions, ...runOptions])
    command.addOption(made);
  return command.action(async (models: readonly string[], flags: AuditFlags) => {
    const { runAudit } = await import('../run-audit.js');
    await runAudit(models, flags, argv, io);
  });
}
