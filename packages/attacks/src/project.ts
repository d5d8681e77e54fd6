import { distance } from './distance.js';
import type { FeasibleSet } from './feasible.js';
import { roundTowardFloat32 } from './ulp.js';

/**
 * Moves `point` into the feasible set, strictly: ||point - x|| <= epsilon in float64, whatever the order of summation,
 * and inside the bounds. A point that is already inside is left as it is, bit for bit.
 *
 * Box and linf: clip, the Euclidean projection. l2: clip to the bounds, then rescale the perturbation. l1: clip to the
 * bounds, then the Euclidean projection onto the ball. For l2 and l1 this is a point of the intersection, not the nearest
 * one: every coordinate of the second step moves toward `x`, so that it cannot leave the bounds again.
 *
 * @see Duchi, Shalev-Shwartz, Singer, Chandra 2008, "Efficient projections onto the l1-ball", Figure 1
 */
export function fillProjection(point: Float32Array, set: FeasibleSet): void {
  if (set.kind === 'box') {
    const { low, high } = set;
    for (let i = 0; i < point.length; i += 1) {
      const value = point[i] as number;
      if (value < (low[i] as number)) point[i] = low[i] as number;
      else if (value > (high[i] as number)) point[i] = high[i] as number;
    }
    return;
  }
  const { x, norm, low, high } = set;
  for (let i = 0; i < point.length; i += 1) {
    const value = point[i] as number;
    if (value < low) point[i] = low;
    else if (value > high) point[i] = high;
  }
  // Sums of n float64 terms are off by less than n 2^-53 relative: here, in the scale below, and wherever it is checked.
  const radius = set.epsilon * (1 - (point.length + 16) * 2 ** -51);
  const length = distance(point, x, norm);
  if (length <= radius) return;
  const threshold = norm === 'l1' ? l1Threshold(point, x, radius) : 0;
  const rest = norm === 'l1' ? l1Above(point, x, threshold) : length;
  const scale = rest > 0 ? Math.min(1, radius / rest) : 0;
  for (let i = 0; i < point.length; i += 1) {
    const center = x[i] as number;
    const offset = (point[i] as number) - center;
    const kept = Math.max(Math.abs(offset) - threshold, 0) * scale;
    // Each coordinate is rounded toward x: float32 rounding must not lengthen the perturbation.
    point[i] = roundTowardFloat32(center, Math.sign(offset) * kept);
  }
}

/** The theta with sum_i max(|point_i - x_i| - theta, 0) = radius. */
function l1Threshold(point: Float32Array, x: Float32Array, radius: number): number {
  const magnitudes = Float64Array.from(point, (v, i) => Math.abs(v - (x[i] as number)));
  magnitudes.sort();
  let sum = 0;
  let threshold = 0;
  for (let count = 1; count <= magnitudes.length; count += 1) {
    const magnitude = magnitudes[magnitudes.length - count] as number;
    sum += magnitude;
    const candidate = (sum - radius) / count;
    if (candidate >= magnitude) break;
    threshold = candidate;
  }
  return threshold;
}

function l1Above(point: Float32Array, x: Float32Array, threshold: number): number {
  let sum = 0;
  for (let i = 0; i < point.length; i += 1) {
    sum += Math.max(Math.abs((point[i] as number) - (x[i] as number)) - threshold, 0);
  }
  return sum;
}
