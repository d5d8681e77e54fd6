import type { LabelBudget } from './label-budget.js';
import type { Asking } from './search.js';

/** How HopSkipJump measures: its two norms. */
export type WalkNorm = 'l2' | 'linf';

/**
 * The point of the way from x to `met`, at which the goal is met, that is nearest to x: up to `threshold` of the way, by bisection. l2
 * goes along the line; linf shrinks a box about x, to whose faces `met` is clipped.
 *
 * @param met - left as it is
 */
export function* boundaryPoint(
  labels: LabelBudget,
  x: Float32Array,
  met: Float32Array,
  norm: WalkNorm,
  threshold: number,
): Asking<Float32Array> {
  const reach = met.reduce((most, v, i) => Math.max(most, Math.abs(v - (x[i] as number))), 0);
  let boundary = met;
  let [low, high] = [0, 1];
  while (high - low > threshold && labels.left() > 0) {
    const share = (low + high) / 2;
    const most = share * reach;
    const point = met.map((v, i) => {
      const center = x[i] as number;
      const offset = v - center;
      return center + (norm === 'l2' ? share * offset : Math.min(most, Math.max(-most, offset)));
    });
    if (yield* labels.isMet(point)) {
      boundary = point;
      high = share;
    } else {
      low = share;
    }
  }
  return boundary;
}
