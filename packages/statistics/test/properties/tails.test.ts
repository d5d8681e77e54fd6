import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binomialLowerTail,
  binomialUpperTail,
  logBinomialLowerTail,
  logBinomialUpperTail,
  normalCdf,
  normalQuantile,
} from '../../src/index.js';
import { exactUpperTail } from '../exact-binomial.js';

/** The double nearest numerator / 2^bits, for a ratio that may be far below 1. */
function ratio(numerator: bigint, bits: number): number {
  const length = numerator.toString(2).length;
  const drop = Math.max(0, length - 60);
  return Number(numerator >> BigInt(drop)) * 2 ** (drop - bits);
}

describe('binomial tails', () => {
  it('agree with exact integer sums', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 0, max: 121 }),
        fc.integer({ min: 1, max: 255 }),
        (n, k, numerator) => {
          const exact = ratio(exactUpperTail(Math.min(k, n + 1), n, numerator, 8), 8 * n);
          const p = numerator / 256;
          // The bound that the evaluation carries: below 2^-53 (32 + 12 * 665 + 64 * 120 + 5 *
          // 120).
          const tolerance = 2e-12 * exact;
          expect(Math.abs(binomialUpperTail(k, n, p) - exact)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(binomialLowerTail(n - k, n, 1 - p) - exact)).toBeLessThanOrEqual(
            tolerance,
          );
          if (exact > 0) {
            expect(logBinomialUpperTail(k, n, p)).toBeCloseTo(Math.log(exact), 10);
            expect(logBinomialLowerTail(n - k, n, 1 - p)).toBeCloseTo(Math.log(exact), 10);
          }
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  it('have logarithms where the values underflow', () => {
    expect(binomialUpperTail(2_000, 2_000, 0.5)).toBe(0);
    expect(logBinomialUpperTail(2_000, 2_000, 0.5)).toBeCloseTo(-2_000 * Math.LN2, 9);
  });
});

describe('normal quantile', () => {
  it('is the inverse of the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (z) => {
        // A relative error e of the probability moves z by e / (hazard), hazard >= |z| below and
        // about the density above; the quantile's own relative error is the second term, a double's
        // spacing near 0 the third.
        const hazard = z < 0 ? Math.max(0.5, -z) : Math.exp((-z * z) / 2) / 3;
        const tolerance = 1e-14 / hazard + 5e-16 * Math.abs(z) + 1e-15;
        expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(tolerance);
      }),
      { seed: 4 },
    );
  });
});
