import { numbersOf, type Tensor } from '@floatpath/core';
import type { Candidate } from '@floatpath/engine';
import type { AnalysisChoiceGate } from '../analysis.js';

/** Linear functions of the candidates below and above every unit of a choice gate. */
export interface ChoiceLines {
  readonly kind: 'choice';
  readonly low: readonly CandidateSum[];
  readonly high: readonly CandidateSum[];
}

/** offset + sum of weight * candidate, constant candidates already in the offset. */
export interface CandidateSum {
  readonly offset: number;
  readonly terms: readonly {
    readonly slot: number;
    readonly index: number;
    readonly weight: number;
  }[];
}

/** Sound bounds of the candidates of a gate, and of differences between them. */
export interface CandidateBounds {
  low(candidate: Candidate): number;
  high(candidate: Candidate): number;
  /** A lower bound of candidate - other, at least the difference of their bounds. */
  lead(unit: number, candidate: Candidate, other: Candidate): number;
}

/**
 * The lines of a choice gate. A winner proved by differences is both of its lines. Else, for greatest (least is its mirror image): any
 * candidate is below the maximum, so is that of the greatest lower bound; with w the winner at the center the maximum is w + max_j relu(z_j - w) <= w + sum_j lambda_j (z_j - w - l_j), l_j and u_j the bounds of z_j - w,
 * lambda_j = u_j / (u_j - l_j), or the greatest upper bound: whichever is lower in the middle of the candidates' bounds.
 *
 * @param winners - per unit the piece that wins at the center
 * @param proved - 1 where it wins on the whole region
 * @param operands - the gate's constant inputs
 * @param kappa - relative roundoff granted to every term
 */
export function choiceLinesOf(
  gate: AnalysisChoiceGate,
  winners: Uint16Array,
  proved: Uint8Array,
  bounds: CandidateBounds,
  operands: readonly (Tensor | undefined)[],
  kappa: number,
): ChoiceLines {
  const sign = gate.op.pick === 'greatest' ? 1 : -1;
  const low: CandidateSum[] = [];
  const high: CandidateSum[] = [];
  const constants = operands.map((operand, slot) =>
    operand && gate.inputs[slot] === undefined ? numbersOf(operand) : undefined,
  );
  for (let unit = 0; unit < gate.units; unit += 1) {
    const candidates = gate.candidatesOf(unit);
    const winner = candidates.find(({ piece }) => piece === winners[unit]) as Candidate;
    // For least, bounds of the negatives: the greatest of them is what is bounded.
    const least = (c: Candidate): number => (sign > 0 ? bounds.low(c) : -bounds.high(c));
    const most = (c: Candidate): number => (sign > 0 ? bounds.high(c) : -bounds.low(c));
    const lead = (a: Candidate, b: Candidate): number =>
      sign > 0 ? bounds.lead(unit, a, b) : bounds.lead(unit, b, a);
    const best = candidates.reduce((a, b) => (least(b) > least(a) ? b : a));
    const fixed = proved[unit] === 1;
    const inner = sumOf([[fixed ? winner : best, 1]], 0);
    const outer = fixed ? inner : upperSum(candidates, winner, least, most, lead);
    const below = finish(inner, -1, constants, bounds, kappa, sign);
    const above = finish(outer, 1, constants, bounds, kappa, sign);
    low.push(sign > 0 ? below : above);
    high.push(sign > 0 ? above : below);
  }
  return { kind: 'choice', low, high };
}

interface Sum {
  readonly weights: readonly (readonly [Candidate, number])[];
  readonly offset: number;
}

const sumOf = (weights: Sum['weights'], offset: number): Sum => ({ weights, offset });

function upperSum(
  candidates: readonly Candidate[],
  best: Candidate,
  least: (c: Candidate) => number,
  most: (c: Candidate) => number,
  lead: (a: Candidate, b: Candidate) => number,
): Sum {
  const ceiling = Math.max(...candidates.map(most));
  const weights: [Candidate, number][] = [];
  let own = 1;
  let offset = 0;
  for (const other of candidates) {
    if (other === best) continue;
    const l = lead(other, best);
    const u = -lead(best, other);
    if (u <= 0) continue;
    const lambda = l >= 0 ? 1 : Math.min(1, (u / (u - l)) * (1 + 2 ** -50));
    weights.push([other, lambda]);
    own -= lambda;
    if (l < 0) offset -= lambda * l;
  }
  weights.push([best, own]);
  const middle = weights.reduce(
    (sum, [candidate, weight]) => sum + (weight * (least(candidate) + most(candidate))) / 2,
    offset,
  );
  return middle < ceiling ? sumOf(weights, offset) : sumOf([], ceiling);
}

/** Constants into the offset, roundoff off or onto it, mirrored for least. */
function finish(
  { weights, offset }: Sum,
  side: 1 | -1,
  constants: readonly (Float64Array | undefined)[],
  bounds: CandidateBounds,
  kappa: number,
  sign: 1 | -1,
): CandidateSum {
  const terms: { slot: number; index: number; weight: number }[] = [];
  let total = offset;
  let magnitude = Math.abs(offset);
  for (const [candidate, weight] of weights) {
    const { slot, index } = candidate;
    const constant = constants[slot]?.[index];
    magnitude +=
      (1 + Math.abs(weight)) *
      Math.max(Math.abs(bounds.low(candidate)), Math.abs(bounds.high(candidate)));
    if (constant === undefined) terms.push({ slot, index, weight });
    else total += weight * sign * constant;
  }
  return { terms, offset: sign * (total + side * kappa * magnitude) };
}
