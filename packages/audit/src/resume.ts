import { FloatpathError } from '@floatpath/core';
import type { Report, ReportRow } from './report.js';

/** What makes two audits the same one; the number of images may have been cut short. */
export interface AuditIdentity {
  readonly tool: Report['tool'];
  readonly settings: Report['settings'];
  readonly networks: readonly (Pick<Report['networks'][number], 'id' | 'label' | 'hash'> & {
    /** What is smoothed, the calibration behind it included. */
    readonly methods: readonly Pick<
      Report['networks'][number]['methods'][number],
      'method' | 'specification'
    >[];
  })[];
}

function identity({ tool, settings, networks }: AuditIdentity): string {
  const { images: _, ...same } = settings;
  return JSON.stringify([
    tool.version,
    Object.entries(same).sort(([a], [b]) => (a < b ? -1 : 1)),
    networks.map(({ id, label, hash, methods }) => [
      ...[id, label, hash],
      methods.map(({ method, specification }) => [method, specification]),
    ]),
  ]);
}

/**
 * The rows of an interrupted audit that need not be made again: those of images that every network has one for. Rows depend
 * on models, data and settings alone, so the resumed report has the bytes of an uninterrupted one.
 *
 * @throws {FloatpathError} `invalid-argument` if the report is of another audit
 */
export function resumableRows(earlier: Report, now: AuditIdentity): ReportRow[] {
  if (identity(earlier) !== identity(now)) {
    throw new FloatpathError(
      'invalid-argument',
      'resume: expected the report of the same models, calibrations, data, settings and version, got another one; run without --resume',
    );
  }
  const networks = now.networks.length;
  const done = new Map<number, number>();
  for (const { image } of earlier.rows) done.set(image, (done.get(image) ?? 0) + 1);
  return earlier.rows.filter(({ image }) => done.get(image) === networks);
}
