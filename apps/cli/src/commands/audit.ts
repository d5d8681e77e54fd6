import { Command } from 'commander';
import type { AuditFlags } from '../audit-options.js';
import { applyConfig, configOption } from '../config-file.js';
import type { Io } from '../io.js';
import { dataOptions, modelOptions, runOptions, threatOptions } from '../options.js';

const examples = `
Examples:
  floatpath audit
  floatpath audit model.onnx --data npz:images.npz --norm linf --epsilon 8/255 --sigma 0.25
  floatpath audit old.onnx new.onnx --data idx:images.gz,labels.gz --norm l2 --epsilon 1 --sigma 0.5 --mean .5 --std .25
  floatpath audit --config floatpath.config.json --dry-run`;

/** `floatpath audit`: arguments only; the work and the libraries that it needs are loaded when it runs. */
export function auditCommand(io: Io, argv: readonly string[]): Command {
  const command = new Command('audit')
    .summary('what fails, why, what smoothing repairs and what is certified')
    .description(
      'Audits models on labelled images: what an attack finds, why each failure happens, what smoothing repairs and what is certified.\nWithout MODEL: two bundled networks on MNIST test images. With MODEL: --data, --norm, --epsilon and --sigma are required.',
    )
    .argument('[model...]', 'ONNX files')
    .addHelpText('after', examples);
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
