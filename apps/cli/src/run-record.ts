import type { AuditFlags } from './audit-options.js';
import type { RunRecord } from './report-files.js';
import { readVersion } from './version.js';

/** An argument as a shell would take it back. */
const quoted = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** What `run.json` holds: the command as it can be typed again on any machine, and what it took on this one. */
export function runRecord(
  argv: readonly string[],
  flags: AuditFlags,
  run: Pick<RunRecord, 'started' | 'engine' | 'workers' | 'seconds'>,
): RunRecord {
  return {
    command: ['floatpath', ...argv].map(quoted).join(' '),
    started: run.started,
    platform: `${process.platform} ${process.arch}`,
    versions: { floatpath: readVersion(), node: process.versions.node },
    engine: run.engine,
    workers: run.workers,
    batchSize: flags.batchSize,
    seconds: run.seconds,
  };
}
