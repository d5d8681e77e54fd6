import { float64Tensor, type Float64Tensor, type Tensor } from '@floatpath/core';
import type { Analysis } from './analysis.js';
import type { Ball } from './ball.js';
import { ballRegion, type InputRegion } from './bounds/region.js';
import { affineIntervals, between, ends, rangeOf, type Interval } from './interval.js';
import { selectionsAt } from './observer.js';
import { intervalLead, provedChoice } from './prove-choice.js';
import { pieceAt } from './selected.js';
import type { Tightening } from './tightening.js';

/** What bounds prove about a region. */
export interface Proof {
  readonly evidence: 'proved';
  /** 1 where the selection is the same on all of the region; the others are undecided, not float. */
  readonly fixed: Uint8Array;
  /** The selections at the center, in float64: those of fixed units hold on all of the region. */
  readonly selections: Uint16Array;
  readonly undecided: number;
  /** Sound bounds over the region of every pre-activation, at choice gates of every output. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Sound bounds of the logits. */
  readonly logits: { readonly low: Float64Array; readonly high: Float64Array };
}

/**
 * Proves by interval bounds in float64 which units keep their selection on all of a ball cut with the input bounds. Fast, and
 * wide in deep networks: `proveRegion` finds tighter bounds.
 *
 * @param x - the center of the ball, one input
 * @throws {FloatpathError} `shape-mismatch`, `not-finite`, `invalid-argument` on a negative radius or a center outside the bounds
 * @see Gowal et al. 2018, On the Effectiveness of Interval Bound Propagation
 */
export function proveFixed(analysis: Analysis, x: Tensor, ball: Ball): Proof {
  return proveByIntervals(analysis, ballRegion(analysis, x, ball));
}

/**
 * Walks over the network with interval bounds, made tighter at its gates by `tightening`. The bounds hold for the network in
 * real numbers and for its float64 evaluation by this library.
 *
 * @param known - sound bounds of the same region, that these are cut with
 */
export function proveByIntervals(
  analysis: Analysis,
  region: InputRegion,
  tightening?: Tightening,
  known?: Proof,
): Proof {
  const { layout, inputShape } = analysis;
  const selections = selectionsAt(analysis, float64Tensor(inputShape, region.center));
  const intervals = new Map<string, Interval>([
    [analysis.input, between(inputShape, region.low, region.high)],
  ]);
  const intervalOf = (name: string): Interval => intervals.get(name) as Interval;
  const fixed = new Uint8Array(layout.units);
  const low = new Float64Array(layout.units);
  const high = new Float64Array(layout.units);
  analysis.steps.forEach((step, s) => {
    const { gate } = step;
    if (gate === undefined) {
      const made = affineIntervals(step, intervalOf);
      made.forEach(({ interval }, slot) => intervals.set(step.outputs[slot] as string, interval));
      tightening?.affine(
        s,
        made.map(({ magnitude }) => magnitude),
      );
      return;
    }
    if (gate.kind === 'choice') {
      const lows = step.operands((name) => ends(intervalOf(name), -1));
      const highs = step.operands((name) => ends(intervalOf(name), 1));
      const winners = selections.subarray(gate.start, gate.start + gate.units);
      const lead = tightening?.choice(s, gate, winners, lows, highs) ?? intervalLead(lows, highs);
      const proof = provedChoice(gate, winners, lows, highs, lead);
      cut(known, gate.start, proof.low, proof.high);
      proof.fixed.forEach((mark, unit) => {
        proof.fixed[unit] = mark | (known?.fixed[gate.start + unit] ?? 0);
      });
      fixed.set(proof.fixed, gate.start);
      low.set(proof.low, gate.start);
      high.set(proof.high, gate.start);
      intervals.set(gate.output, between(gate.outputType.shape, proof.low, proof.high));
      return;
    }
    const name = gate.inputs[0] as string;
    const before = intervalOf(name);
    const lower = ends(before, -1).data;
    const upper = ends(before, 1).data;
    cut(known, gate.start, lower, upper);
    tightening?.elementwise(s, gate, lower, upper);
    if (tightening) intervals.set(name, narrowed(before, lower, upper));
    const outLow = new Float64Array(gate.units);
    const outHigh = new Float64Array(gate.units);
    for (let unit = 0; unit < gate.units; unit += 1) {
      const [l, h] = [lower[unit] as number, upper[unit] as number];
      const pieces = gate.piecesOf(unit);
      const [from, to] = [pieceAt(pieces, l), pieceAt(pieces, h)];
      fixed[gate.start + unit] = from === to ? 1 : 0;
      [outLow[unit], outHigh[unit]] = rangeOf(pieces, l, h, from, to);
    }
    low.set(lower, gate.start);
    high.set(upper, gate.start);
    intervals.set(gate.output, between(before.center.shape, outLow, outHigh));
  });
  const logits = intervalOf(analysis.logits);
  const end = (side: 1 | -1): Float64Array => (ends(logits, side) as Float64Tensor).data;
  return {
    evidence: 'proved',
    fixed,
    selections,
    undecided: layout.units - fixed.reduce((sum, mark) => sum + mark, 0),
    low,
    high,
    logits: { low: end(-1), high: end(1) },
  };
}

/** Cuts bounds of a gate's units with known ones. */
function cut(known: Proof | undefined, start: number, low: Float64Array, high: Float64Array): void {
  if (known === undefined) return;
  for (let unit = 0; unit < low.length; unit += 1) {
    low[unit] = Math.max(low[unit] as number, known.low[start + unit] as number);
    high[unit] = Math.min(high[unit] as number, known.high[start + unit] as number);
  }
}

/** An interval with the elements replaced whose ends have moved: others keep theirs to the last bit. */
function narrowed(before: Interval, low: Float64Array, high: Float64Array): Interval {
  const [wasLow, wasHigh] = [ends(before, -1).data, ends(before, 1).data];
  const after = between(before.center.shape, low, high);
  const moved = low.map((l, i) => (l !== wasLow[i] || high[i] !== wasHigh[i] ? 1 : 0));
  moved.forEach((mark, i) => {
    if (mark === 1) return;
    after.center.data[i] = before.center.data[i] as number;
    after.radius.data[i] = before.radius.data[i] as number;
  });
  return after;
}
