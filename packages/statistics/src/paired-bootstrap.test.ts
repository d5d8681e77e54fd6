import { describe, expect, it } from 'vitest';
import { pairedBootstrap } from './paired-bootstrap.js';

/** A multiplicative congruential generator, seeded by the resample (Lehmer's constants). */
function fillUniform(out: Float64Array, resample: number): void {
  let state = 48_271 * (resample + 1) + 11;
  for (let i = 0; i < out.length; i += 1) {
    state = (state * 48_271) % 2_147_483_647;
    out[i] = state / 2_147_483_647;
  }
}

describe('pairedBootstrap', () => {
  it('is close to the normal interval of a mean for many items', () => {
    // 200 values of +-1: mean 0.2, standard error sqrt((1 - .04) / 200) = .0693.
    const differences = Array.from({ length: 200 }, (_, i) => (i % 5 < 3 ? 1 : -1));
    const { mean, low, high } = pairedBootstrap(differences, {
      resamples: 4_000,
      confidence: 0.95,
      fillUniform,
    });
    expect(mean).toBeCloseTo(0.2, 12);
    // Monte-Carlo error of a 2.5 % quantile from 4,000 resamples: about .07 standard errors / .4,
    // three times that.
    expect(Math.abs(low - (0.2 - 1.96 * 0.0693))).toBeLessThan(0.02);
    expect(Math.abs(high - (0.2 + 1.96 * 0.0693))).toBeLessThan(0.02);
  });

  it('gives the same bits twice, mirrors with the sign, and is a point for equal differences', () => {
    const differences = [0.5, -0.25, 1, 0.125, 0, 0.75];
    const options = { resamples: 999, confidence: 0.9, fillUniform };
    const once = pairedBootstrap(differences, options);
    expect(pairedBootstrap(differences, options)).toEqual(once);
    const mirrored = pairedBootstrap(
      differences.map((d) => -d),
      options,
    );
    expect(mirrored).toEqual({ mean: -once.mean, low: -once.high, high: -once.low });
    expect(pairedBootstrap([0.5, 0.5], options)).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  });

  it('refuses empty and not finite input', () => {
    const options = { resamples: 10, confidence: 0.95, fillUniform };
    expect(() => pairedBootstrap([], options)).toThrow(RangeError);
    expect(() => pairedBootstrap([1, NaN], options)).toThrow(RangeError);
    expect(() => pairedBootstrap([1], { ...options, confidence: 95 })).toThrow(
      'pairedBootstrap: expected confidence in (0, 1), got 95',
    );
  });
});
