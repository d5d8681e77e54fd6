import { requireArgument, type Norm, type Tensor } from '@floatpath/core';
import { inputRow, type Analysis } from '../analysis.js';
import { boxAround, type Ball } from '../ball.js';

/** A set of inputs that proofs speak about: a box, or what a ball and a box have in common. In input units. */
export interface InputRegion {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** One input of the region: the center of a ball, the middle of a box. */
  readonly center: Float64Array;
  /** Around the center; absent for a box, and the linf ball is one. */
  readonly ball?: { readonly norm: Exclude<Norm, 'linf'>; readonly radius: number };
}

/**
 * A ball around one input, cut with the input bounds.
 *
 * @param x - the center, one input
 * @throws {FloatpathError} `shape-mismatch`, `not-finite`, `invalid-argument` on a negative radius or a center outside the bounds
 */
export function ballRegion(analysis: Analysis, x: Tensor, ball: Ball): InputRegion {
  const center = inputRow(analysis, x, 'ballRegion');
  const box = { ...boxAround(center, ball), center: center.data };
  const { norm, radius } = ball;
  return norm === 'linf' ? box : { ...box, ball: { norm, radius } };
}

/**
 * The inputs between two corners.
 *
 * @param low - one input; @param high - another, nowhere below it
 * @throws {FloatpathError} `shape-mismatch`, `not-finite`, `invalid-argument` for an empty box
 */
export function boxRegion(analysis: Analysis, low: Tensor, high: Tensor): InputRegion {
  const from = inputRow(analysis, low, 'boxRegion').data;
  const to = inputRow(analysis, high, 'boxRegion').data;
  const empty = from.findIndex((value, i) => value > (to[i] as number));
  requireArgument(
    empty < 0,
    `boxRegion: expected low <= high, got ${from[empty]} > ${to[empty]} at input ${empty}`,
  );
  const center = from.map((value, i) => {
    const end = to[i] as number;
    return Math.min(end, Math.max(value, value / 2 + end / 2));
  });
  return { low: from, high: to, center };
}
