import { basename, dirname, join, relative } from 'node:path';
import {
  defaultBaselineRules,
  gate,
  parseRule,
  readReport,
  reportJson,
  verdictAnnotations,
  verdictLines,
  type Report,
  type Rule,
} from '@floatpath/audit';
import { FloatpathError } from '@floatpath/core';
import { readInputFile, writeFilesAtomically } from '@floatpath/node';
import type { FromConfig } from './config-file.js';
import { about } from './errors.js';
import { requireFresh } from './fresh-report.js';
import { gateFiles, type GateFormat } from './gate-files.js';
import type { Io } from './io.js';
import { NegativeAnswer } from './negative-answer.js';
import { linesText, printable } from './terminal.js';
import { readVersion } from './version.js';

const REPORT = 'floatpath-report/report.json';
const BASELINE = 'floatpath.baseline.json';

export interface GateFlags {
  readonly rule: readonly string[];
  readonly baseline?: string;
  readonly level?: number;
  readonly format: readonly GateFormat[];
  readonly out?: string;
  readonly updateBaseline?: true;
  readonly json?: true;
  readonly quiet?: true;
}

async function readReportFile(file: string, cure: string): Promise<Report> {
  let bytes: Uint8Array;
  try {
    bytes = await readInputFile(file);
  } catch (error) {
    if (!(error instanceof FloatpathError)) throw error;
    throw new FloatpathError(error.code, `${error.message}; ${cure}`, { cause: error });
  }
  return about(file, () => readReport(new TextDecoder().decode(bytes)));
}

/** What the flags say, else what the configuration says, else nothing. */
function writtenRules(flags: GateFlags, { file, section }: FromConfig<'gate'>): readonly Rule[] {
  if (flags.rule.length > 0) return flags.rule.map(parseRule);
  return (section.rules ?? []).map((rule, i) =>
    about(`${file}: gate.rules[${i}]`, () => parseRule(rule)),
  );
}

const needsBaseline = (rules: readonly Rule[]): boolean =>
  rules.some(({ demand }) => demand.kind === 'baseline');

async function updateBaseline(
  report: Report,
  file: string,
  { json }: GateFlags,
  io: Io,
): Promise<void> {
  // A report that is no baseline would only be found out by the next gate.
  gate(report, defaultBaselineRules(report), { baseline: report, version: readVersion() });
  const folder = dirname(file);
  await writeFilesAtomically(folder, { [basename(file)]: reportJson(report) }, { force: true });
  const { settings, networks } = report;
  if (json === true) {
    io.stdout.write(`${JSON.stringify({ baseline: file, data: settings.data })}\n`);
    return;
  }
  const names = networks.map(({ label }) => printable(label)).join(', ');
  io.stdout.write(
    `${printable(file)} is now the baseline: ${names} on ${printable(settings.data)}; commit it, so that the next gate compares with it\n`,
  );
}

/** Judges a report, or makes it the baseline. Throws a negative answer where the gate fails. */
export async function runGate(
  named: string | undefined,
  flags: GateFlags,
  config: FromConfig<'gate'>,
  io: Io,
): Promise<void> {
  const file = named ?? REPORT;
  const baselineFile = flags.baseline ?? BASELINE;
  const written = writtenRules(flags, config);
  const report = await readReportFile(file, 'floatpath audit makes a report');
  // A report that is named is judged as it is: it may be of another machine's files.
  if (named === undefined) await requireFresh(report, config.models);
  if (flags.updateBaseline) return updateBaseline(report, baselineFile, flags, io);

  const wanted = written.length === 0 || flags.baseline !== undefined;
  const added = wanted && !needsBaseline(written) ? defaultBaselineRules(report) : [];
  const rules = [...written, ...added];
  const baseline = needsBaseline(rules)
    ? await readReportFile(
        baselineFile,
        'floatpath gate REPORT --update-baseline makes a baseline, --rule "clean >= 0.9" needs none',
      )
    : undefined;
  const verdict = gate(report, rules, {
    version: readVersion(),
    ...(baseline && { baseline }),
    ...(flags.level !== undefined && { level: flags.level }),
  });

  const files = gateFiles(verdict, flags.format, relative('.', file));
  if (Object.keys(files).length > 0) {
    const folder = flags.out ?? 'floatpath-gate';
    await writeFilesAtomically(folder, files, { replaceable: Object.keys(files), force: true });
    for (const name of flags.quiet === true ? [] : Object.keys(files))
      io.stderr.write(`floatpath: wrote ${printable(join(folder, name))}\n`);
  }
  if (flags.format.includes('github'))
    for (const line of verdictAnnotations(verdict)) io.stderr.write(`${line}\n`);
  io.stdout.write(
    flags.json ? `${JSON.stringify(verdict, null, 2)}\n` : linesText(verdictLines(verdict)),
  );
  if (!verdict.passed) throw new NegativeAnswer('the gate failed');
}
