import { float64Tensor, sizeOf, type Float64Tensor, type Tensor } from '@floatpath/core';
import {
  evaluateHomogeneous,
  evaluateMagnitude,
  evaluateNode,
  opOf,
  type AffineOp,
  type Pieces,
} from '@floatpath/engine';
import { inputRow, pieceAt, type Analysis, type AnalysisStep } from './analysis.js';
import { boxAround, type Ball } from './ball.js';

/** What interval bounds prove about a ball. */
export interface Proof {
  readonly evidence: 'proved';
  /** 1 where the selection is the same on all of the ball; the others are undecided, not float. */
  readonly fixed: Uint8Array;
  /** The selection of every fixed unit; at undecided units that at the center of the box. */
  readonly selections: Uint16Array;
  readonly undecided: number;
  /** Sound bounds of every pre-activation over the ball. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

interface Interval {
  readonly center: Float64Tensor;
  /** At least the distance from the center to every value taken. */
  readonly radius: Float64Tensor;
}

const UNIT_ROUNDOFF = 2 ** -53;

/**
 * Proves by interval bounds in float64 which units keep their selection on all of a ball cut with the
 * input bounds.
 *
 * Affine nodes map (c, r) to (W c + b, |W| r), widened by 4 gamma_n (|W|(|c| + r) + |b|), so that the bounds hold for the network in real
 * numbers and for its float64 evaluation by this library alike: one gamma_n each for the center, for the radius and for the
 * evaluation itself, one for the sums made of them. n counts the roundings that can meet in one output: no more than there are
 * elements in a row of the inputs and offsets, and 16 for the scalings around a sum (Higham 2002, section 3.1).
 *
 * @param x - the center of the ball, one input
 * @throws {FloatpathError} `shape-mismatch`, `not-finite`, `invalid-argument` on a negative radius or a center outside the bounds
 * @see Gowal et al. 2018, On the Effectiveness of Interval Bound Propagation
 */
export function proveFixed(analysis: Analysis, x: Tensor, ball: Ball): Proof {
  const { layout } = analysis;
  const box = boxAround(inputRow(analysis, x, 'proveFixed'), ball);
  const intervals = new Map<string, Interval>([
    [analysis.input, between(analysis.inputShape, box.low, box.high)],
  ]);
  const intervalOf = (name: string): Interval => intervals.get(name) as Interval;
  const fixed = new Uint8Array(layout.units);
  const selections = new Uint16Array(layout.units);
  const low = new Float64Array(layout.units);
  const high = new Float64Array(layout.units);
  for (const step of analysis.steps) {
    if (step.gate === undefined) {
      intervals.set(step.output, affineInterval(step, intervalOf));
      continue;
    }
    const { gate } = step;
    const { center, radius } = intervalOf(gate.preActivation);
    const outLow = new Float64Array(gate.units);
    const outHigh = new Float64Array(gate.units);
    for (let unit = 0; unit < gate.units; unit += 1) {
      const at = gate.start + unit;
      const c = center.data[unit] as number;
      const r = radius.data[unit] as number;
      const slack = 2 * UNIT_ROUNDOFF * (Math.abs(c) + r);
      low[at] = c - r - slack;
      high[at] = c + r + slack;
      const pieces = gate.piecesOf(unit);
      const from = pieceAt(pieces, low[at]);
      const to = pieceAt(pieces, high[at]);
      fixed[at] = from === to ? 1 : 0;
      selections[at] = from === to ? from : pieceAt(pieces, c);
      [outLow[unit], outHigh[unit]] = rangeOf(pieces, low[at], high[at], from, to);
    }
    intervals.set(step.output, between(center.shape, outLow, outHigh));
  }
  const undecided = layout.units - fixed.reduce((sum, mark) => sum + mark, 0);
  return { evidence: 'proved', fixed, selections, undecided, low, high };
}

/** A center and a radius around [low, high], rounded outward. */
function between(shape: readonly number[], low: Float64Array, high: Float64Array): Interval {
  const center = low.map((l, i) => (l + (high[i] as number)) / 2);
  const radius = center.map((c, i) => {
    const reach = Math.max(c - (low[i] as number), (high[i] as number) - c);
    return reach * (1 + 4 * UNIT_ROUNDOFF);
  });
  return { center: float64Tensor(shape, center), radius: float64Tensor(shape, radius) };
}

function affineInterval(step: AnalysisStep, intervalOf: (name: string) => Interval): Interval {
  const { node, isConstant } = step;
  const op = opOf(node.op) as AffineOp;
  const radii = step.operands((name) => intervalOf(name).radius);
  const center = evaluateNode(
    node,
    step.operands((name) => intervalOf(name).center),
  )[0] as Float64Tensor;
  const spread = evaluateHomogeneous(
    node,
    op.absolute(node, radii),
    isConstant,
  )[0] as Float64Tensor;
  const magnitude = evaluateMagnitude(
    node,
    step.operands((name) => {
      const interval = intervalOf(name);
      return float64Tensor(
        interval.center.shape,
        interval.center.data.map((c, i) => Math.abs(c) + (interval.radius.data[i] as number)),
      );
    }),
  )[0] as Float64Tensor;
  const offsets = op.offsets(node, isConstant);
  const roundings = radii.reduce(
    (sum, tensor, slot) =>
      tensor && (!isConstant(slot) || offsets.includes(slot)) ? sum + sizeOf(tensor.shape) : sum,
    16,
  );
  const gamma = (roundings * UNIT_ROUNDOFF) / (1 - roundings * UNIT_ROUNDOFF);
  return {
    center,
    radius: float64Tensor(
      center.shape,
      spread.data.map((s, i) => s + 4 * gamma * (magnitude.data[i] as number)),
    ),
  };
}

/** Range of a unit's output for z in [low, high], which spans the pieces `from` to `to`; rounded outward. */
function rangeOf(
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
