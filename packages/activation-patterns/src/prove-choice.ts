import type { Tensor } from '@floatpath/core';
import type { Candidate } from '@floatpath/engine';
import type { AnalysisChoiceGate } from './analysis.js';

/** What bounds of the candidates say about a choice gate, per unit. */
export interface ChoiceProof {
  readonly fixed: Uint8Array;
  /** Bounds of the output. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** A lower bound of candidate - other at a unit. */
export type Lead = (unit: number, candidate: Candidate, other: Candidate) => number;

/** The least that bounds of single candidates leave of a difference, rounded down; its sign is exact. */
export function intervalLead(
  lows: readonly (Tensor | undefined)[],
  highs: readonly (Tensor | undefined)[],
): Lead {
  return (_unit, candidate, other) => {
    const least =
      Number(lows[candidate.slot]?.data[candidate.index]) -
      Number(highs[other.slot]?.data[other.index]);
    return least - Math.abs(least) * 2 ** -52;
  };
}

/**
 * A winner is proved where it leads every earlier candidate by more than 0 and every later one by at least 0, so that ties
 * go to it. Only the winner at an input of the region can be proved. The output lies between the best lower and the best
 * upper bound; no arithmetic, no rounding.
 *
 * @param winners - the selections at one input of the region
 * @param lows - per input slot the lower bounds of its elements, constants as they are; `highs` likewise
 */
export function provedChoice(
  gate: AnalysisChoiceGate,
  winners: Uint16Array,
  lows: readonly (Tensor | undefined)[],
  highs: readonly (Tensor | undefined)[],
  lead: Lead,
): ChoiceProof {
  const greatest = gate.op.pick === 'greatest';
  const best = greatest ? Math.max : Math.min;
  const fixed = new Uint8Array(gate.units);
  const low = new Float64Array(gate.units);
  const high = new Float64Array(gate.units);
  for (let unit = 0; unit < gate.units; unit += 1) {
    const candidates = gate.candidatesOf(unit);
    const bound = (of: readonly (Tensor | undefined)[]): number =>
      best(...candidates.map(({ slot, index }) => Number(of[slot]?.data[index])));
    [low[unit], high[unit]] = [bound(lows), bound(highs)];
    const winner = candidates.find(({ piece }) => piece === winners[unit]);
    const proved =
      winner !== undefined &&
      candidates.every((other) => {
        if (other === winner) return true;
        const ahead = greatest ? lead(unit, winner, other) : lead(unit, other, winner);
        return other.piece < winner.piece ? ahead > 0 : ahead >= 0;
      });
    fixed[unit] = proved ? 1 : 0;
  }
  return { fixed, low, high };
}
