import { Command, Option } from 'commander';
import { oneOf, openShare } from '../arguments.js';
import { applyConfig, configOption } from '../config-file.js';
import type { Io } from '../io.js';
import { option } from '../options.js';
import type { GateFlags } from '../run-gate.js';

const formats = ['junit', 'sarif', 'markdown', 'github'] as const;

const own: readonly Option[] = [
  new Option(
    '--rule <rule>',
    'such as "certified@0.5 >= 0.6", "robust@linf:8/255 >= 0.4", "clean >= baseline"; may be given several times',
  )
    .argParser((rule: string, rules: readonly string[]) => [...rules, rule])
    .default([], 'clean, robust and certified >= baseline'),
  new Option(
    '--baseline <file>',
    'report that baseline rules compare with (default: ./floatpath.baseline.json)',
  ),
  option(
    '--level <share>',
    'compare lower bounds that fail with at most this probability instead of counts',
    openShare,
  ),
  new Option('--format <list>', `also write ${formats.join(', ')}`)
    .argParser((text: string, before: readonly string[]) => [
      ...before,
      ...text.split(',').map(oneOf('--format', formats)),
    ])
    .default([], 'text only'),
  new Option('--out <folder>', 'where the files of the formats go (default: ./floatpath-gate)'),
  new Option('--update-baseline', 'make this report the baseline instead of judging it'),
  new Option('--json', 'print the verdict as one JSON document'),
  new Option('--quiet', 'do not name the files that are written'),
];

/** `floatpath gate`: arguments only. */
export function gateCommand(io: Io): Command {
  const command = new Command('gate')
    .summary('whether a report keeps the rules and its baseline')
    .description(
      'Judges the report of an audit. Threshold rules compare exact counts on its images. Baseline rules fail only on a significant drop on the same images and draws: one-sided exact McNemar tests, Holm over all of them, family level .01. Exit status 1 if a rule does not hold.',
    )
    .argument('[report]', 'report.json of an audit (default: ./floatpath-report/report.json)');
  for (const made of [...own, configOption()]) command.addOption(made);
  return command.action(async (report: string | undefined, _flags: unknown, self: Command) => {
    const config = await applyConfig(self, 'gate');
    const { runGate } = await import('../run-gate.js');
    await runGate(report, self.opts<GateFlags>(), config, io);
  });
}
