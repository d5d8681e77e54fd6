import { isCount, isOpenUnit, requireRange } from './check.js';

export interface BootstrapOptions {
  readonly resamples: number;
  /** E.g. 0.95. */
  readonly confidence: number;
  /**
   * Fills `out` with uniforms in [0, 1); a pure function of `resample`, so that the interval is
   * reproducible.
   */
  readonly fillUniform: (out: Float64Array, resample: number) => void;
}

export interface BootstrapInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile bootstrap interval for the mean of paired differences: items are resampled with
 * replacement, and the interval runs between the outer order statistics of the resampled means.
 * Approximate coverage, poor below about 20 items.
 *
 * @throws {RangeError} for no or not finite differences, or options out of range
 * @see Efron, Tibshirani 1993, chapter 13
 */
export function pairedBootstrap(
  differences: ArrayLike<number>,
  { resamples, confidence, fillUniform }: BootstrapOptions,
): BootstrapInterval {
  const items = Float64Array.from(differences);
  const count = items.length;
  requireRange(
    count >= 1 && items.every(Number.isFinite),
    `pairedBootstrap: expected at least one difference, all finite, got ${count}`,
  );
  requireRange(
    isCount(resamples) && resamples >= 1,
    `pairedBootstrap: expected resamples an integer of at least 1, got ${resamples}`,
  );
  requireRange(
    isOpenUnit(confidence),
    `pairedBootstrap: expected confidence in (0, 1), got ${confidence}`,
  );
  const uniforms = new Float64Array(count);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample += 1) {
    fillUniform(uniforms, resample);
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += items[Math.floor((uniforms[i] ?? 0) * count)] ?? NaN;
    means[resample] = sum / count;
  }
  means.sort();
  const cut = Math.floor((resamples * (1 - confidence)) / 2);
  const mean = items.reduce((sum, value) => sum + value, 0) / count;
  return { mean, low: means[cut] ?? NaN, high: means[resamples - 1 - cut] ?? NaN };
}
