import { Command } from 'commander';
import type { AuditFlags } from '../audit-options.js';
import { applyConfig, configOption } from '../config-file.js';
import type { Io } from '../io.js';
import { dataOptions, modelOptions, runOptions, threatOptions } from '../options.js';

/** `floatpath audit`: arguments only; the work and the libraries that it needs are loaded when it runs. */
export function auditCommand(io: Io, argv: readonly string[]): Command {
  const command = new Command('audit')
    .summary('what fails, why, what smoothing repairs and what is certified')
    .description(
      'Audits models on labelled images: what an attack finds, why each failure happens, what smoothing repairs and what is certified.\nWithout MODEL: two bundled networks on MNIST test images. With MODEL: --data, --norm, --epsilon and --sigma are required.',
    )
    .argument('[model...]', 'model files, or folders with a model.json');
  const options = [...dataOptions, ...threatOptions, ...modelOptions, ...runOptions];
  for (const made of [...options, configOption()]) command.addOption(made);
  return command.action(async (named: readonly string[], _flags: unknown, self: Command) => {
    const { section } = await applyConfig(self, 'audit');
    const { runAudit } = await import('../run-audit.js');
    const models = named.length > 0 ? named : (section.models ?? []);
    const limitChosen = self.getOptionValueSource('limit') !== 'default';
    await runAudit(models, { ...self.opts<AuditFlags>(), limitChosen }, argv, io);
  });
}
