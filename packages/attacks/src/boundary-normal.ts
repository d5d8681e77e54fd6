import { fillNormal, type StreamKey } from '@floatpath/core';
import type { BoxBounds } from './hyperplane.js';
import type { LabelBudget } from './label-budget.js';
import type { Asking } from './search.js';

/** Points that are asked for together: enough for full batches, few enough to be held. */
const TOGETHER = 50;

/**
 * The direction in which the goal is met, at a point of the boundary, from labels alone: the mean of random directions, weighed by
 * whether the goal is met `delta` away, less the mean weight, which lowers the variance. Where all weights are equal there is nothing to
 * subtract. Directions are uniform on the sphere, clipped to `room`; what counts is where the float32 points lie.
 *
 * @param stream - of draw `first + i` for the i-th label that is asked for
 * @returns of no particular length; zeros if nothing was learned
 * @see Chen, Jordan, Wainwright 2020, equations 9 and 16
 */
export function* boundaryNormal(
  labels: LabelBudget,
  boundary: Float32Array,
  delta: number,
  count: number,
  room: BoxBounds,
  stream: (asked: number) => StreamKey,
): Asking<Float64Array> {
  const size = boundary.length;
  const sum = new Float64Array(size);
  const sumMet = new Float64Array(size);
  const normals = new Float32Array(size);
  let [total, met] = [0, 0];
  while (total < count && labels.left() > 0) {
    const first = labels.asked();
    const together = Math.min(TOGETHER, count - total, labels.left());
    const points = Array.from({ length: together }, (_, at) => {
      fillNormal(normals, 0, size, stream(first + at));
      return pointBeside(boundary, normals, delta, room);
    });
    const answers = yield* labels.areMet(points);
    answers.forEach((isMet, at) => {
      total += 1;
      met += Number(isMet);
      const point = points[at] as Float32Array;
      for (let i = 0; i < size; i += 1) {
        const offset = (point[i] as number) - (boundary[i] as number);
        sum[i] = (sum[i] as number) + offset;
        if (isMet) sumMet[i] = (sumMet[i] as number) + offset;
      }
    });
  }
  if (met === total) return sum;
  if (met === 0) return sum.map((v) => -v);
  return sumMet.map((v, i) => v - (met / total) * (sum[i] as number));
}

function pointBeside(
  boundary: Float32Array,
  direction: Float32Array,
  delta: number,
  { low, high }: BoxBounds,
): Float32Array {
  let squares = 0;
  for (let i = 0; i < direction.length; i += 1) squares += (direction[i] as number) ** 2;
  const scale = delta / Math.sqrt(squares);
  return boundary.map((v, i) =>
    Math.min(high[i] as number, Math.max(low[i] as number, v + scale * (direction[i] as number))),
  );
}
