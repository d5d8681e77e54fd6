import type { FeasibleSet } from './feasible.js';

/** Share of the coordinates that an l1 step moves (SLIDE's 99th percentile). */
const L1_SHARE = 0.01;

/**
 * Moves `point` along the steepest ascent direction of the region's norm; does not project.
 *
 * Box and linf: sign(g) times the reach. l2: g / ||g||_2. l1: the steepest direction is a single coordinate, which needs as many steps as
 * coordinates; the 1 % with the largest |g| among those that the bounds let move share the step evenly.
 * A zero gradient moves nothing.
 *
 * @param relativeStep - in units of epsilon (box: of half the width); negative descends
 * @see Tramer, Boneh 2019, "Adversarial training and robustness for multiple perturbations", section 2.3 (SLIDE)
 */
export function fillAscent(
  point: Float32Array,
  gradient: Float32Array,
  relativeStep: number,
  set: FeasibleSet,
): void {
  if (set.kind === 'box') {
    fillSignedAscent(point, gradient, relativeStep, set.reach);
  } else if (set.norm === 'l2') {
    fillNormalizedAscent(point, gradient, relativeStep * set.epsilon);
  } else {
    fillSparseAscent(point, gradient, relativeStep * set.epsilon, set.low, set.high);
  }
}

/** Signs of slopes are as good as random: comparisons used as numbers cost less than the branches that they replace. */
function fillSignedAscent(
  point: Float32Array,
  gradient: Float32Array,
  relativeStep: number,
  reach: Float64Array,
): void {
  for (let i = 0; i < point.length; i += 1) {
    const slope = gradient[i] as number;
    const sign = (Number(slope > 0) | 0) - (Number(slope < 0) | 0);
    point[i] = (point[i] as number) + sign * (relativeStep * (reach[i] as number));
  }
}

function fillNormalizedAscent(point: Float32Array, gradient: Float32Array, step: number): void {
  let squares = 0;
  for (let i = 0; i < gradient.length; i += 1) squares += (gradient[i] as number) ** 2;
  if (squares === 0) return;
  const scale = step / Math.sqrt(squares);
  for (let i = 0; i < point.length; i += 1) {
    point[i] = (point[i] as number) + scale * (gradient[i] as number);
  }
}

function fillSparseAscent(
  point: Float32Array,
  gradient: Float32Array,
  step: number,
  low: number,
  high: number,
): void {
  const canMove = (i: number): boolean => {
    const direction = (gradient[i] as number) * step;
    const value = point[i] as number;
    return direction > 0 ? value < high : direction < 0 && value > low;
  };
  const slopes = Float32Array.from(gradient, (slope, i) => (canMove(i) ? Math.abs(slope) : 0));
  const sorted = slopes.slice().sort();
  const wanted = Math.max(1, Math.ceil(L1_SHARE * point.length));
  const threshold = sorted[sorted.length - wanted] as number;
  const above = slopes.reduce((count, slope) => count + (slope > threshold ? 1 : 0), 0);
  // Of equal slopes at the threshold, the first in coordinate order are taken.
  let atThreshold = threshold > 0 ? wanted - above : 0;
  const share = step / (above + atThreshold);
  for (let i = 0; i < point.length; i += 1) {
    const slope = slopes[i] as number;
    if (slope < threshold || slope === 0 || (slope === threshold && atThreshold === 0)) continue;
    if (slope === threshold) atThreshold -= 1;
    point[i] = (point[i] as number) + Math.sign(gradient[i] as number) * share;
  }
}
