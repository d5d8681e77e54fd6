import type { InputRegion } from './region.js';

/**
 * A lower bound of a . x over a region, in float64 and sound there.
 *
 * Over a box the minimum is at a corner. Over a ball cut with a box every multiplier lambda >= 0 of the ball's constraint
 * gives a lower bound, the Lagrangian dual: sum_i min_d (a_i d + lambda p(d)) - lambda p(r), d within the box around the
 * center. l2: p(d) = d^2 / 2, lambda by an active set that grows as lambda falls. l1: p(d) = |d|, lambda the |a_i| at which
 * the greedy fractional knapsack is full. Both reach the minimum; where rounding moves lambda, the bound is lower but holds.
 *
 * @param a - the coefficients of `elements`, the others being zero
 * @param kappa - relative roundoff granted to every term
 */
export function lowerOverRegion(
  region: InputRegion,
  elements: Int32Array,
  a: Float64Array,
  kappa: number,
): number {
  const { low, high, center, ball } = region;
  let corner = 0;
  let magnitude = 0;
  for (let k = 0; k < a.length; k += 1) {
    const slope = a[k] as number;
    const l = low[elements[k] as number] as number;
    const h = high[elements[k] as number] as number;
    corner += slope > 0 ? slope * l : slope * h;
    magnitude += Math.abs(slope) * Math.max(Math.abs(l), Math.abs(h));
  }
  const inBox = corner - kappa * magnitude;
  if (ball === undefined) return inBox;
  const dual = dualOf(region, ball, elements, a);
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) {
    const middle = (a[k] as number) * (center[elements[k] as number] as number);
    sum += middle + (dual.terms[k] as number);
    magnitude += Math.abs(middle);
  }
  return Math.max(inBox, sum - dual.penalty - 4 * kappa * (magnitude + dual.penalty));
}

/** Where a . x is least on the region, for the elements: where a bound comes from, up to rounding. */
export function leastPoint(
  region: InputRegion,
  elements: Int32Array,
  a: Float64Array,
): Float64Array {
  const { low, high, center, ball } = region;
  const point =
    ball === undefined ? new Float64Array(a.length) : dualOf(region, ball, elements, a).offsets;
  for (let k = 0; k < a.length; k += 1) {
    const j = elements[k] as number;
    if (ball === undefined) point[k] = ((a[k] as number) > 0 ? low[j] : high[j]) as number;
    else point[k]! += center[j] as number;
  }
  return point;
}

interface Dual {
  /** Per element the least of a d plus its penalty, and where it is. */
  readonly terms: Float64Array;
  readonly offsets: Float64Array;
  /** What the constraint takes off their sum. */
  readonly penalty: number;
}

function dualOf(
  { low, high, center }: InputRegion,
  { norm, radius }: NonNullable<InputRegion['ball']>,
  elements: Int32Array,
  a: Float64Array,
): Dual {
  const down = new Float64Array(a.length);
  const up = new Float64Array(a.length);
  for (let k = 0; k < a.length; k += 1) {
    const j = elements[k] as number;
    down[k] = (low[j] as number) - (center[j] as number);
    up[k] = (high[j] as number) - (center[j] as number);
  }
  return norm === 'l2' ? dualL2(a, down, up, radius) : dualL1(a, down, up, radius);
}

const ROUNDS = 30;

function dualL2(a: Float64Array, down: Float64Array, up: Float64Array, radius: number): Dual {
  const free = (k: number, d: number): boolean => d > (down[k] as number) && d < (up[k] as number);
  const offset = (k: number, lambda: number): number =>
    Math.min(up[k] as number, Math.max(down[k] as number, -(a[k] as number) / lambda));
  let lambda = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    let open = 0;
    let taken = 0;
    for (let k = 0; k < a.length; k += 1) {
      const slope = a[k] as number;
      if (lambda === 0 || free(k, -slope / lambda)) open += slope * slope;
      else taken += offset(k, lambda) ** 2;
    }
    const next = Math.sqrt(open / (radius * radius - taken));
    // All at their ends, or no further change.
    if (!(next > 0 && Number.isFinite(next)) || next === lambda) break;
    lambda = next;
  }
  const offsets = a.map((slope, k) =>
    lambda > 0 ? offset(k, lambda) : ((slope > 0 ? down[k] : up[k]) as number),
  );
  const terms = a.map((slope, k) => {
    const d = offsets[k] as number;
    return slope * d + (lambda / 2) * d * d;
  });
  return { terms, offsets, penalty: (lambda / 2) * radius * radius };
}

function dualL1(a: Float64Array, down: Float64Array, up: Float64Array, radius: number): Dual {
  const reach = a.map((slope, k) => (slope > 0 ? -(down[k] as number) : (up[k] as number)));
  const order = Array.from(a, (_, k) => k).sort(
    (i, j) => Math.abs(a[j] as number) - Math.abs(a[i] as number),
  );
  const offsets = new Float64Array(a.length);
  let lambda = 0;
  let left = radius;
  for (const k of order) {
    const step = Math.min(left, reach[k] as number);
    offsets[k] = -Math.sign(a[k] as number) * step;
    left -= step;
    if (left > 0) continue;
    lambda = Math.abs(a[k] as number);
    break;
  }
  const terms = a.map((slope, k) => Math.min(0, lambda - Math.abs(slope)) * (reach[k] as number));
  return { terms, offsets, penalty: lambda * radius };
}
