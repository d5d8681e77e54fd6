import { distance } from './distance.js';
import type { FeasibleSet } from './feasible.js';
import { l1Threshold } from './l1-threshold.js';
import { roundTowardFloat32 } from './ulp.js';

/**
 * Moves `point` into the feasible set, strictly: ||point - x|| <= epsilon in float64, whatever the order of summation,
 * and inside the bounds. A point that is already inside is left as it is, bit for bit. Else each coordinate is rounded toward `x`: float32 rounding must
 * not lengthen the perturbation.
 *
 * Box, linf and l1: the Euclidean projection. l2: clip to the bounds, then rescale the perturbation, which gives a
 * point of the intersection, not the nearest one: every coordinate of the second step moves toward `x`, so that it
 * cannot leave the bounds again.
 *
 * @see Croce, Hein 2021, "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers", section 2.2
 */
export function fillProjection(point: Float32Array, set: FeasibleSet): void {
  if (set.kind === 'box') {
    fillClamp(point, set.low, set.high);
    return;
  }
  const { x, norm, low, high } = set;
  const wanted = norm === 'l1' ? point.slice() : point;
  for (let i = 0; i < point.length; i += 1) {
    const value = point[i] as number;
    if (value < low) point[i] = low;
    else if (value > high) point[i] = high;
  }
  // Sums of n float64 terms are off by less than n 2^-53 relative: here, in the scale below, and wherever it is checked.
  const radius = set.epsilon * (1 - (point.length + 16) * 2 ** -51);
  const length = distance(point, x, norm);
  if (length <= radius) return;
  if (norm === 'l2') {
    const scale = radius / length;
    for (let i = 0; i < point.length; i += 1) {
      const center = x[i] as number;
      point[i] = roundTowardFloat32(center, ((point[i] as number) - center) * scale);
    }
    return;
  }
  const offsets = l1Offsets(wanted, x, radius, low, high);
  const rest = offsets.reduce((sum, v) => sum + Math.abs(v), 0);
  const scale = rest > 0 ? Math.min(1, radius / rest) : 0;
  for (let i = 0; i < point.length; i += 1) {
    point[i] = roundTowardFloat32(x[i] as number, (offsets[i] as number) * scale);
  }
}

/** Which coordinates left the box is as good as random: choosing by index costs less than a branch. */
function fillClamp(point: Float32Array, low: Float32Array, high: Float32Array): void {
  const choices = new Float32Array(3);
  for (let i = 0; i < point.length; i += 1) {
    const value = point[i] as number;
    const least = low[i] as number;
    const most = high[i] as number;
    choices[0] = value;
    choices[1] = least;
    choices[2] = most;
    point[i] = choices[(Number(value < least) | 0) + 2 * (Number(value > most) | 0)] as number;
  }
}

function l1Offsets(
  point: Float32Array,
  x: Float32Array,
  radius: number,
  low: number,
  high: number,
): Float64Array {
  const offsets = Float64Array.from(point, (v, i) => v - (x[i] as number));
  const room = offsets.map((v, i) => (v > 0 ? high - (x[i] as number) : (x[i] as number) - low));
  const theta = l1Threshold(offsets.map(Math.abs), room, radius);
  return offsets.map(
    (v, i) => Math.sign(v) * Math.min(room[i] as number, Math.max(Math.abs(v) - theta, 0)),
  );
}
