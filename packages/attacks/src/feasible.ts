import { type Bounds, type Region } from '@floatpath/core';
import { roundTowardFloat32 } from './ulp.js';

/**
 * Where one row may go: region and bounds together, around its input `x`.
 * An linf ball is a box whose faces are the outermost float32 values within epsilon, measured in float64.
 */
export type FeasibleSet =
  | {
      readonly kind: 'box';
      readonly x: Float32Array;
      readonly low: Float32Array;
      readonly high: Float32Array;
      /** Per coordinate, what a relative step of 1 is, finite: epsilon, or half the width of a box region. */
      readonly reach: Float64Array;
    }
  | {
      readonly kind: 'ball';
      readonly norm: 'l2' | 'l1';
      readonly x: Float32Array;
      readonly epsilon: number;
      readonly low: number;
      readonly high: number;
    };

/**
 * The feasible set of one row. Bounds are taken as float32 values, as the inputs are.
 *
 * @param x - one row, inside `bounds` and, for a box, inside `region`
 * @param row - position of `x` in the call, which selects the row of a box region
 */
export function feasibleSet(
  region: Region,
  bounds: Bounds,
  x: Float32Array,
  row: number,
): FeasibleSet {
  const low = Math.fround(bounds[0]);
  const high = Math.fround(bounds[1]);
  if (region.kind === 'ball' && region.norm !== 'linf') {
    return { kind: 'ball', norm: region.norm, x, epsilon: region.epsilon, low, high };
  }
  const size = x.length;
  const set = {
    kind: 'box' as const,
    x,
    low: new Float32Array(size),
    high: new Float32Array(size),
    reach: new Float64Array(size),
  };
  for (let i = 0; i < size; i += 1) {
    if (region.kind === 'ball') {
      const center = x[i] as number;
      set.low[i] = Math.max(low, roundTowardFloat32(center, -region.epsilon));
      set.high[i] = Math.min(high, roundTowardFloat32(center, region.epsilon));
      set.reach[i] = region.epsilon;
    } else {
      set.low[i] = Math.max(low, region.low.data[row * size + i] as number);
      set.high[i] = Math.min(high, region.high.data[row * size + i] as number);
      const width = (set.high[i] as number) - (set.low[i] as number);
      set.reach[i] = Math.min(width, Number.MAX_VALUE) / 2;
    }
  }
  return set;
}
