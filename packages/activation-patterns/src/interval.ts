import { float64Tensor, sizeOf, type Float64Tensor } from '@floatpath/core';
import {
  evaluateHomogeneous,
  evaluateMagnitude,
  evaluateNode,
  opOf,
  type AffineOp,
  type Pieces,
} from '@floatpath/engine';
import type { AnalysisStep } from './analysis.js';

/** Bounds of one value of the network. */
export interface Interval {
  readonly center: Float64Tensor;
  /** At least the distance from the center to every value taken. */
  readonly radius: Float64Tensor;
}

export const UNIT_ROUNDOFF = 2 ** -53;

/** gamma_n: what n roundings do to a sum of products, relative to the sum of their absolute values (Higham 2002, section 3.1). */
export function gammaOf(roundings: number): number {
  return (roundings * UNIT_ROUNDOFF) / (1 - roundings * UNIT_ROUNDOFF);
}

/** The lower (-1) or upper (1) ends of an interval, rounded outward. */
export function ends({ center, radius }: Interval, side: 1 | -1): Float64Tensor {
  return float64Tensor(
    center.shape,
    center.data.map((c, i) => {
      const r = radius.data[i] as number;
      return c + side * (r + 2 * UNIT_ROUNDOFF * (Math.abs(c) + r));
    }),
  );
}

/** A center and a radius around [low, high], rounded outward. */
export function between(shape: readonly number[], low: Float64Array, high: Float64Array): Interval {
  const center = low.map((l, i) => (l + (high[i] as number)) / 2);
  const radius = center.map((c, i) => {
    const reach = Math.max(c - (low[i] as number), (high[i] as number) - c);
    return reach * (1 + 4 * UNIT_ROUNDOFF);
  });
  return { center: float64Tensor(shape, center), radius: float64Tensor(shape, radius) };
}

/** One output of an affine node: its bounds, and |W|(|c| + r) + |b|, what its roundoff is relative to. */
export interface AffineInterval {
  readonly interval: Interval;
  readonly magnitude: Float64Array;
}

/**
 * An affine node maps (c, r) to (W c + b, |W| r), widened by 4 gamma_n (|W|(|c| + r) + |b|), so that the bounds hold for
 * the network in real numbers and for its float64 evaluation by this library alike: one gamma_n each for the center, for
 * the radius and for the evaluation itself, one for the sums made of them. n counts the roundings that can meet in one
 * output: no more than there are elements in a row of the inputs and offsets, and 16 for the scalings around a sum.
 *
 * @see Gowal et al. 2018, On the Effectiveness of Interval Bound Propagation
 */
export function affineIntervals(
  step: AnalysisStep,
  intervalOf: (name: string) => Interval,
): readonly AffineInterval[] {
  const { node, isConstant } = step;
  const op = opOf(node.op) as AffineOp;
  const radii = step.operands((name) => intervalOf(name).radius);
  const centers = evaluateNode(
    node,
    step.operands((name) => intervalOf(name).center),
  );
  const spreads = evaluateHomogeneous(node, op.absolute(node, radii), isConstant);
  const magnitudes = evaluateMagnitude(
    node,
    step.operands((name) => {
      const interval = intervalOf(name);
      return float64Tensor(
        interval.center.shape,
        interval.center.data.map((c, i) => Math.abs(c) + (interval.radius.data[i] as number)),
      );
    }),
  );
  const offsets = op.offsets(node, isConstant);
  const roundings = radii.reduce(
    (sum, tensor, slot) =>
      tensor && (!isConstant(slot) || offsets.includes(slot)) ? sum + sizeOf(tensor.shape) : sum,
    16,
  );
  const gamma = gammaOf(roundings);
  return centers.map((center, slot): AffineInterval => {
    const magnitude = (magnitudes[slot] as Float64Tensor).data;
    const spread = (spreads[slot] as Float64Tensor).data;
    const radius = spread.map((s, i) => s + 4 * gamma * (magnitude[i] as number));
    return {
      interval: { center: center as Float64Tensor, radius: float64Tensor(center.shape, radius) },
      magnitude,
    };
  });
}

/** Range of a unit's output for z in [low, high], which spans the pieces `from` to `to`; rounded outward. */
export function rangeOf(
  pieces: Pieces,
  low: number,
  high: number,
  from: number,
  to: number,
): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  const take = (piece: number, z: number): void => {
    const linear = (pieces.slopes[piece] as number) * z;
    const offset = pieces.offsets[piece] as number;
    const slack = 4 * UNIT_ROUNDOFF * (Math.abs(linear) + Math.abs(offset));
    least = Math.min(least, linear + offset - slack);
    most = Math.max(most, linear + offset + slack);
  };
  take(from, low);
  take(to, high);
  for (let piece = from; piece < to; piece += 1) take(piece, pieces.breakpoints[piece] as number);
  return [least, most];
}
