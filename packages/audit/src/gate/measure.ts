import { FloatpathError } from '@floatpath/core';
import type { Report, ReportRow } from '../report.js';
import { quantity } from '../story-words.js';
import type { Measure } from './rule.js';

/** Rows of one network, in report order. */
export function rowsOfNetwork(report: Report, network: string): readonly ReportRow[] {
  return report.rows.filter((row) => row.network === network);
}

/**
 * Whether an image counts for a measure.
 *
 * @throws {FloatpathError} `invalid-data` where the report does not hold what the measure needs
 */
export function countsFor(measure: Measure, row: ReportRow): boolean {
  if (measure.kind === 'clean') return row.predicted === row.label;
  if (measure.kind === 'robust') return row.adversarial?.status === 'failed';
  const certificate = row.certificates.find(({ method }) => method === measure.method);
  if (certificate === undefined) {
    throw new FloatpathError(
      'invalid-data',
      `gate: expected a certificate of ${measure.method} for image ${row.image}, got none; a model without calibration has no sc-rfp-input, and one whose calibration holds no denoiser has nothing denoised`,
    );
  }
  if (certificate.guarantee !== 'unconditional') {
    throw new FloatpathError(
      'invalid-data',
      `gate: expected unconditional certificates of ${measure.method}, got a ${certificate.guarantee} one for image ${row.image}; it certifies nothing`,
    );
  }
  const { label, radius } = certificate;
  return label === row.label && typeof radius === 'number' && radius >= measure.radius;
}

/** @throws {FloatpathError} `invalid-argument` where the report's attack is another one */
export function requireMeasured(measure: Measure, { settings }: Report): void {
  if (measure.kind !== 'robust') return;
  const { norm, epsilon } = settings;
  if (measure.norm === norm && measure.epsilon === epsilon) return;
  throw new FloatpathError(
    'invalid-argument',
    `gate: expected a report with an attack of ${measure.norm}:${quantity(measure.epsilon)}, got one of ${norm}:${quantity(epsilon)}; audit again with the rule's norm and epsilon, or write robust@${norm}:${quantity(epsilon)}`,
  );
}
