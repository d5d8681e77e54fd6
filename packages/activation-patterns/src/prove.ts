import { float64Tensor, sizeOf, type Float64Tensor, type Tensor } from '@floatpath/core';
import {
  evaluateHomogeneous,
  evaluateMagnitude,
  evaluateNode,
  opOf,
  type AffineOp,
  type Pieces,
} from '@floatpath/engine';
import { inputRow, type Analysis, type AnalysisStep } from './analysis.js';
import { boxAround, type Ball } from './ball.js';
import { provedChoice } from './prove-choice.js';
import { pieceAt } from './selected.js';

/** What interval bounds prove about a ball. */
export interface Proof {
  readonly evidence: 'proved';
  /** 1 where the selection is the same on all of the ball; the others are undecided, not float. */
  readonly fixed: Uint8Array;
  /** The selection of every fixed unit; at undecided units that at the center of the box. */
  readonly selections: Uint16Array;
  readonly undecided: number;
  /** Sound bounds over the ball of every pre-activation, at choice gates of every output. */
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
      affineIntervals(step, intervalOf).forEach((interval, slot) => {
        intervals.set(step.outputs[slot] as string, interval);
      });
      continue;
    }
    const { gate } = step;
    if (gate.kind === 'choice') {
      const lows = step.operands((name) => ends(intervalOf(name), -1));
      const highs = step.operands((name) => ends(intervalOf(name), 1));
      const proof = provedChoice(gate, lows, highs);
      fixed.set(proof.fixed, gate.start);
      selections.set(proof.selections, gate.start);
      low.set(proof.low, gate.start);
      high.set(proof.high, gate.start);
      intervals.set(gate.output, between(gate.outputType.shape, proof.low, proof.high));
      continue;
    }
    const before = intervalOf(gate.inputs[0] as string);
    const lower = ends(before, -1).data;
    const upper = ends(before, 1).data;
    const outLow = new Float64Array(gate.units);
    const outHigh = new Float64Array(gate.units);
    for (let unit = 0; unit < gate.units; unit += 1) {
      const at = gate.start + unit;
      low[at] = lower[unit] as number;
      high[at] = upper[unit] as number;
      const pieces = gate.piecesOf(unit);
      const from = pieceAt(pieces, low[at]);
      const to = pieceAt(pieces, high[at]);
      fixed[at] = from === to ? 1 : 0;
      const center = before.center.data[unit] as number;
      selections[at] = from === to ? from : pieceAt(pieces, center);
      [outLow[unit], outHigh[unit]] = rangeOf(pieces, low[at], high[at], from, to);
    }
    intervals.set(gate.output, between(before.center.shape, outLow, outHigh));
  }
  const undecided = layout.units - fixed.reduce((sum, mark) => sum + mark, 0);
  return { evidence: 'proved', fixed, selections, undecided, low, high };
}

/** The lower (-1) or upper (1) ends of an interval, rounded outward. */
function ends({ center, radius }: Interval, side: 1 | -1): Float64Tensor {
  return float64Tensor(
    center.shape,
    center.data.map((c, i) => {
      const r = radius.data[i] as number;
      return c + side * (r + 2 * UNIT_ROUNDOFF * (Math.abs(c) + r));
    }),
  );
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

function affineIntervals(
  step: AnalysisStep,
  intervalOf: (name: string) => Interval,
): readonly Interval[] {
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
  const gamma = (roundings * UNIT_ROUNDOFF) / (1 - roundings * UNIT_ROUNDOFF);
  return centers.map((center, slot): Interval => {
    const magnitude = (magnitudes[slot] as Float64Tensor).data;
    const spread = (spreads[slot] as Float64Tensor).data;
    return {
      center: center as Float64Tensor,
      radius: float64Tensor(
        center.shape,
        spread.map((s, i) => s + 4 * gamma * (magnitude[i] as number)),
      ),
    };
  });
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
