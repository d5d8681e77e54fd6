import { expect, it } from 'vitest';
import { logBinomialProbability, stirlingError } from './binomial-probability.js';

it('knows log Gamma at whole and half numbers', () => {
  // log n! - log(sqrt(2 pi n) (n/e)^n) from the factorial itself, exact up to 18!.
  let factorial = 1;
  for (let n = 1; n <= 18; n += 1) {
    factorial *= n;
    const expected = Math.log(factorial) - 0.5 * Math.log(2 * Math.PI * n) - n * Math.log(n) + n;
    // The terms are below 50, and so is their rounding below 50 roundings of 2^-53.
    expect(Math.abs(stirlingError(n) - expected)).toBeLessThan(1e-14);
  }
  // Gamma(3/2) = sqrt(pi) / 2: the error at 1/2 is log(Gamma(3/2)) - log(sqrt(pi) (1/(2e))^(1/2)) = (1 - log 2) / 2.
  expect(stirlingError(0.5)).toBeCloseTo((1 - Math.LN2) / 2, 14);
});

it('gives every probability of up to 40 trials at p = 1/2 and 1/4', () => {
  for (let n = 1; n <= 40; n += 1) {
    let combinations = 1;
    for (let k = 0; k <= n; k += 1) {
      for (const [p, q] of [
        [0.5, 0.5],
        [0.25, 0.75],
      ] as const) {
        // C(n, k) is exact below 2^53; powers of 1/4 are, and those of 3/4 up to 3^33.
        const expected = Math.log(combinations) + k * Math.log(p) + (n - k) * Math.log(q);
        // The documented bound, plus that of the three terms here, all below 60.
        const bound = 2 ** -53 * (24 + 12 * Math.abs(expected) + 64 * Math.abs(k - n * p)) + 3e-14;
        expect(Math.abs(logBinomialProbability(k, n, p, q) - expected)).toBeLessThan(bound);
      }
      combinations = (combinations * (n - k)) / (k + 1);
    }
  }
});
