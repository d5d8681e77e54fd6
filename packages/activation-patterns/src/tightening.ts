import type { Tensor } from '@floatpath/core';
import type { AnalysisChoiceGate, AnalysisElementwiseGate } from './analysis.js';
import type { Lead } from './prove-choice.js';

/**
 * Makes interval bounds tighter as the walk over a network comes to its gates, in the order of its steps. Bounds handed
 * in are sound, and so must be those that are left.
 */
export interface Tightening {
  /** @param magnitudes - per output |W||h| + |b|, what roundoff is relative to */
  affine(step: number, magnitudes: readonly Float64Array[]): void;
  /** Narrows the bounds of the pre-activations in place. */
  elementwise(
    step: number,
    gate: AnalysisElementwiseGate,
    low: Float64Array,
    high: Float64Array,
  ): void;
  /**
   * Narrows the bounds of the candidates in place.
   *
   * @param winners - the selections at the center
   * @returns lower bounds of differences of candidates
   */
  choice(
    step: number,
    gate: AnalysisChoiceGate,
    winners: Uint16Array,
    lows: readonly (Tensor | undefined)[],
    highs: readonly (Tensor | undefined)[],
  ): Lead;
}
