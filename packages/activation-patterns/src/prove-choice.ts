import type { Tensor } from '@floatpath/core';
import type { AnalysisChoiceGate } from './analysis.js';
import { winnerAt } from './selected.js';

/** What bounds of the candidates say about a choice gate, per unit. */
export interface ChoiceProof {
  readonly fixed: Uint8Array;
  readonly selections: Uint16Array;
  /** Bounds of the output. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * A winner is proved where its lower bound is above the upper bound of every earlier candidate and at least that of every
 * later one, so that ties go to it. The output lies between the best lower and the best upper bound; no arithmetic, no
 * rounding.
 *
 * @param lows - per input slot the lower bounds of its elements, constants as they are; `highs` likewise
 */
export function provedChoice(
  gate: AnalysisChoiceGate,
  lows: readonly (Tensor | undefined)[],
  highs: readonly (Tensor | undefined)[],
): ChoiceProof {
  const greatest = gate.op.pick === 'greatest';
  const sign = greatest ? 1 : -1;
  // The least of some values is minus the greatest of their negatives, whose lower bounds are the negated upper ones.
  const [worst, best] = greatest ? [lows, highs] : [highs, lows];
  const fixed = new Uint8Array(gate.units);
  const selections = new Uint16Array(gate.units);
  const low = new Float64Array(gate.units);
  const high = new Float64Array(gate.units);
  for (let unit = 0; unit < gate.units; unit += 1) {
    const candidates = gate.candidatesOf(unit);
    const bound = (of: readonly (Tensor | undefined)[], k: number): number => {
      const candidate = candidates[k];
      return candidate === undefined
        ? -Infinity
        : sign * Number(of[candidate.slot]?.data[candidate.index]);
    };
    const winner = winnerAt(gate, worst, unit);
    const at = candidates.findIndex(({ piece }) => piece === winner);
    const floor = bound(worst, at);
    let ceiling = -Infinity;
    let proved = true;
    candidates.forEach((_, k) => {
      const reach = bound(best, k);
      ceiling = Math.max(ceiling, reach);
      if (k !== at && !(k < at ? floor > reach : floor >= reach)) proved = false;
    });
    fixed[unit] = proved ? 1 : 0;
    selections[unit] = winner;
    [low[unit], high[unit]] = greatest ? [floor, ceiling] : [-ceiling, -floor];
  }
  return { fixed, selections, low, high };
}
