import {
  audit,
  estimateAudit,
  inProcessCounting,
  readReport,
  reportJson,
  storyHeadLines,
  storyLines,
  type AuditHost,
  type AuditSettings,
  type Exhibit,
  type Report,
} from '@floatpath/audit';
import { exitCode } from '@floatpath/core';
import { readInputFile, workerCounting } from '@floatpath/node';
import { auditRequest, type AuditFlags, type AuditRequest } from './audit-options.js';
import { announce } from './announce.js';
import { about, exitCodeOf } from './errors.js';
import type { Io } from './io.js';
import { loadWork, type Work } from './load-work.js';
import { outputFolder } from './report-files.js';
import { runRecord } from './run-record.js';
import { createStageClock } from './stage-clock.js';
import { createProgressLines, linesText, printable } from './terminal.js';
import { readVersion } from './version.js';

/** What is done, in case the audit does not get to its end. */
interface Finished {
  report?: () => Report;
  readonly exhibits: Exhibit[];
}

function settingsOf(request: AuditRequest, flags: AuditFlags): AuditSettings {
  const { norm, epsilon, sigma, n, preprocessing } = request;
  const { n0, alpha, seed, batchSize } = flags;
  const allowInaccurate = flags.allowInaccurate === true;
  return { norm, epsilon, sigma, n0, n, alpha, seed, batchSize, preprocessing, allowInaccurate };
}

async function performAudit(
  { models, data, loaded }: Work,
  settings: AuditSettings,
  workers: number,
  finished: Finished,
  host: Pick<AuditHost, 'signal' | 'onProgress' | 'onArtefact' | 'onExhibit' | 'resume'>,
): Promise<Report> {
  const { engine, preference } = loaded;
  await using counting =
    workers > 1 ? workerCounting({ workers, engine: preference }) : inProcessCounting(engine);
  return await audit(models, data, settings, {
    ...host,
    engine,
    counting,
    version: readVersion(),
    onRow: (_, soFar) => void (finished.report = soFar),
  });
}

/** The report of an interrupted run. @throws {FloatpathError} naming the file and its fault */
async function readEarlierReport(file: string): Promise<Report> {
  const text = new TextDecoder().decode(await readInputFile(file));
  return about(file, () => readReport(text));
}

/** What an audit announces before its first batch. */
function announcement({ models, data, loaded }: Work, workers: number): string {
  const networks = `${models.length} network${models.length === 1 ? '' : 's'}`;
  const threads = `${workers} thread${workers === 1 ? '' : 's'}`;
  return linesText([
    `floatpath audit: ${networks}, ${data.name}, ${loaded.engine.name}, ${threads}`,
  ]);
}

/** What an audit does, step by step. */
function stepsOf({ models, data }: Work, settings: AuditSettings): readonly string[] {
  const { norm, epsilon, sigma, n0, n, alpha, seed } = settings;
  return [
    `audit ${models.map(({ label }) => label).join(' and ')} on ${data.name}, seed ${seed}`,
    `attack within ${norm} <= ${epsilon}`,
    `certify at sigma ${sigma} with ${n0} + ${n} draws per image and network, alpha ${alpha}`,
  ];
}

/**
 * Loads, audits, prints and writes. Rows that were finished are kept when the run fails or is interrupted.
 *
 * @param argv - the arguments as typed, for run.json
 */
export async function runAudit(
  models: readonly string[],
  flags: AuditFlags,
  argv: readonly string[],
  io: Io,
): Promise<void> {
  const request = auditRequest(models, flags);
  const folder = outputFolder(flags.out, {
    force: flags.force === true,
    resume: flags.resume === true,
  });
  await folder.check();
  const started = new Date().toISOString();
  const clock = createStageClock(io.clock);
  const progress = createProgressLines(io, flags.quiet === true);
  const work = await loadWork(request, flags);
  const resume = flags.resume ? await readEarlierReport(folder.report) : undefined;
  io.signal.throwIfAborted();
  const workers = Math.min(flags.workers, work.data.labels.length);
  if (work.loaded.notice !== undefined) io.stderr.write(`floatpath: ${work.loaded.notice}\n`);
  if (!flags.quiet) io.stderr.write(announcement(work, workers));

  const settings = settingsOf(request, flags);
  const { engine: timed } = work.loaded;
  const seconds = await estimateAudit(work.models, work.data, settings, {
    engine: timed,
    workers,
    clock: io.clock,
  });
  const intention = {
    command: 'audit',
    resumable: true,
    steps: stepsOf(work, settings),
    writes: [folder.report],
    ...{ seconds, engine: timed.name },
  };
  if (announce(intention, flags, io)) return;

  const finished: Finished = { exhibits: [] };
  const write = (report: Report): Promise<void> => {
    const engine = work.loaded.engine.name;
    const run = runRecord(argv, flags, { started, engine, workers, seconds: clock.seconds() });
    return folder.write(report, finished.exhibits, run);
  };
  let report: Report;
  let told = 0;
  try {
    report = await performAudit(work, settings, workers, finished, {
      signal: io.signal,
      onProgress(done) {
        clock.tick(done);
        progress.show(done);
      },
      // The first lines are known long before the others.
      onArtefact(head) {
        if (flags.json) return;
        const lines = storyHeadLines(head);
        io.stdout.write(linesText(lines));
        told = lines.length;
      },
      ...(resume && { resume }),
      ...(flags.images && { onExhibit: (exhibit) => finished.exhibits.push(exhibit) }),
    });
  } catch (error) {
    progress.end();
    if (finished.report !== undefined && exitCodeOf(error) !== exitCode.badInput) {
      const kept = finished.report();
      await write(kept);
      const all = work.models.length * work.data.labels.length;
      io.stderr.write(
        `floatpath: ${kept.rows.length} of ${all} rows were finished and are kept in ${printable(folder.report)}; the same command with --resume goes on\n`,
      );
    }
    throw error;
  }
  await write(report);
  if (flags.json) io.stdout.write(reportJson(report));
  else {
    const yours = request.models.length === 0 ? '    Yours: npx floatpath audit --help' : '';
    const lines = [...storyLines(report), `Open ${folder.page}${yours}`];
    io.stdout.write(linesText(lines.slice(told)));
  }
}
