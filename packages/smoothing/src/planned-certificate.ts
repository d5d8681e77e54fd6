import { anytimeLower } from '@floatpath/statistics';
import { ANYTIME_MIXTURE } from './bounds/anytime.js';
import { boundOf } from './bounds/bound-of.js';
import type { BoundInput } from './bounds/bound.js';
import { certificateOf, type Certificate } from './certificate.js';
import type { Noise } from './noise/noise.js';
import type { Plan } from './plan.js';

/** The counts of one image under a plan. */
export interface PlannedCounts extends Omit<BoundInput, 'alpha'> {
  /** Input units; 0 unless given. */
  readonly offGrid?: number;
}

type RadiusLaw = Pick<Noise, 'arithmetic' | 'norm' | 'radius'>;

/**
 * The certificate that counts are worth under the plan that they were drawn by.
 *
 * @throws {FloatpathError} `invalid-argument` or `shape-mismatch` for counts that the plan cannot have given
 */
export function plannedCertificate(
  plan: Plan,
  noise: RadiusLaw,
  counts: PlannedCounts,
): Certificate {
  const { alpha, n, stopping } = plan;
  const bound = boundOf(plan.bound);
  const certificate = certificateOf({ ...counts, alpha, bound, planned: n, noise });
  if (stopping.kind !== 'target-radius' || certificate.kind === 'abstain') return certificate;
  if (certificate.radius >= stopping.radius) return { ...certificate, radius: stopping.radius };
  const { label, pLower } = certificate;
  return { kind: 'abstain', label, pLower };
}

const radiusOf = (certificate: Certificate): number =>
  certificate.kind === 'certified' ? certificate.radius : 0;

/** The counts as they would be after all planned draws if the rest were like the first. */
function extrapolated(counts: PlannedCounts, n: number): PlannedCounts {
  const estimation = counts.estimation.map((count) => Math.floor((count * n) / counts.n));
  return { ...counts, estimation, n };
}

/** Whether the label is known, at level alpha, to have too small a probability for `radius`. */
function isOutOfReach(
  plan: Plan,
  noise: RadiusLaw,
  counts: PlannedCounts,
  radius: number,
): boolean {
  const { label } = boundOf(plan.bound).classBound({ ...counts, alpha: plan.alpha });
  const others = counts.n - (counts.estimation[label] ?? 0);
  const pUpper = 1 - anytimeLower(others, counts.n, plan.alpha, ANYTIME_MIXTURE);
  return pUpper < 1 && (pUpper < 0.5 || noise.radius(pUpper) < radius);
}

/**
 * Whether these draws are enough under the plan. Looking costs nothing: the bound of a plan that may stop early holds at
 * every look.
 */
export function isEnough(plan: Plan, noise: RadiusLaw, counts: PlannedCounts): boolean {
  const { stopping, n } = plan;
  if (counts.n >= n) return true;
  if (stopping.kind === 'fixed') return false;
  const now = radiusOf(plannedCertificate(plan, noise, counts));
  if (stopping.kind === 'until') {
    const later = radiusOf(plannedCertificate(plan, noise, extrapolated(counts, n)));
    return later - now <= stopping.gain;
  }
  return now > 0 || isOutOfReach(plan, noise, counts, stopping.radius);
}
