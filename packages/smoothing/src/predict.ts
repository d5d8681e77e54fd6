import {
  requireArgument,
  type Classifier,
  type Float32Tensor,
  type RunOptions,
} from '@floatpath/core';
import { twoSidedBinomialTest } from '@floatpath/statistics';
import { countDraws, type DrawCounts } from './count.js';
import { labelCounter } from './counter.js';
import type { Noise } from './noise/noise.js';
import { requireSameBounds } from './smoothing-input.js';

/** With probability at least 1 - alpha over the draws: abstains, or `label` is g(x). */
export interface Prediction {
  readonly kind: 'label' | 'abstain';
  /** The most frequent class, lowest index on ties. */
  readonly label: number;
  /** Exact p-value of "the two most frequent classes are equally likely". */
  readonly pValue: number;
}

export interface PredictOptions extends RunOptions {
  readonly noise: Noise;
  readonly n: number;
  readonly alpha: number;
  /** Choose it after x is fixed: an x made with knowledge of the noise voids the probability. */
  readonly seed: number;
  readonly image?: number;
  readonly batchSize: number;
}

function requireAnswerable(name: string, n: number, alpha: number): void {
  requireArgument(alpha > 0 && alpha < 1, `${name}: expected alpha in (0, 1), got ${alpha}`);
  const enough = 1 + Math.ceil(-Math.log2(alpha));
  requireArgument(
    Number.isSafeInteger(n) && n >= enough,
    `${name}: expected n an integer of at least ${enough} for alpha ${alpha}, got ${n}; fewer draws cannot answer even where all agree (2 * 2^-n > alpha)`,
  );
}

/**
 * The prediction that class counts are worth. Rejected draws are given to the runner-up.
 *
 * @throws {FloatpathError} `invalid-argument` for alpha outside (0, 1) or too few draws for any
 * answer
 * @see Cohen, Rosenfeld, Kolter 2019, Algorithm 1 (PREDICT); Hung, Fithian 2019
 */
export function predictionOf(input: {
  readonly counts: Uint32Array;
  readonly rejected: number;
  readonly alpha: number;
}): Prediction {
  const { counts, rejected, alpha } = input;
  const drawn = counts.reduce((sum, count) => sum + count, rejected);
  requireAnswerable('predictionOf', drawn, alpha);
  const top = Math.max(...counts);
  const label = counts.indexOf(top);
  const runnerUp = counts.reduce((most, n, i) => (i === label ? most : Math.max(most, n)), 0);
  const pValue = top > runnerUp + rejected ? twoSidedBinomialTest(top, runnerUp + rejected) : 1;
  return { kind: pValue <= alpha ? 'label' : 'abstain', label, pValue };
}

/**
 * The smoothed classifier's label at `x`, or an abstention, by an exact two-sided test of the two
 * most frequent classes among `n` draws.
 *
 * @param x - one input `[1, ...inputShape]` in the units of `classifier.bounds`
 * @throws {FloatpathError} `invalid-argument` for n (the message names the smallest that can
 * answer), alpha, batchSize or seed out of range, or noise for other bounds; `shape-mismatch`;
 * `not-finite` for NaN inputs or logits
 * @see Cohen, Rosenfeld, Kolter 2019, Algorithm 1 (PREDICT)
 */
export async function predict(
  classifier: Classifier,
  x: Float32Tensor,
  options: PredictOptions,
): Promise<Prediction & { readonly draws: DrawCounts }> {
  const { noise, n, alpha, image = 0 } = options;
  requireAnswerable('predict', n, alpha);
  requireSameBounds('predict', noise, classifier);
  const counter = labelCounter([{ name: 'classifier', classifier }]);
  const draws = await countDraws(counter, x, { ...options, image, purpose: 'estimation' });
  const counts = draws.counts[0] ?? new Uint32Array();
  return { ...predictionOf({ counts, rejected: draws.rejected, alpha }), draws };
}
