import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clopperPearsonLower, clopperPearsonUpper, minimumCount } from '../../src/index.js';
import { exactTailAtMost } from '../exact-binomial.js';

const BITS = 10;

/** Smallest k whose bound exceeds p, by bisection (the bound grows with k). */
function smallestWrongCount(n: number, exceeds: (k: number) => boolean): number {
  let low = 0;
  let high = n + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (exceeds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** P(bound(Bin(n, p)) > p) <= alpha, decided in exact integers, for p = numerator / 2^BITS. */
function covers(
  n: number,
  numerator: number,
  alpha: number,
  bound: (k: number, n: number) => number,
): boolean {
  const p = numerator / 2 ** BITS;
  const k = smallestWrongCount(n, (count) => bound(count, n) > p);
  return exactTailAtMost(k, n, numerator, BITS, alpha);
}

const alphas = fc.constantFrom(0.05, 0.01, 0.001, 1e-6);

describe('Clopper-Pearson', () => {
  it('covers: the exact probability of a bound on the wrong side is at most alpha', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 2 ** BITS - 1 }),
        alphas,
        (n, numerator, alpha) => {
          expect(covers(n, numerator, alpha, (k) => clopperPearsonLower(k, n, alpha))).toBe(true);
          // The upper bound by the symmetry of the two outcomes: P(upper(K) < p) with n - K
          // failures.
          const mirrored = (k: number): number => 1 - clopperPearsonUpper(n - k, n, alpha);
          expect(covers(n, 2 ** BITS - numerator, alpha, mirrored)).toBe(true);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it.each([1_000, 10_000])('covers for n = %i', (n) => {
    for (const numerator of [512, 900, 1_000, 1_020]) {
      expect(covers(n, numerator, 0.001, (k) => clopperPearsonLower(k, n, 0.001))).toBe(true);
    }
  });

  it('catches a bound at twenty times alpha, and one that is a thousandth too high', () => {
    const wrongAlpha = [50, 200, 400].map((n) =>
      covers(n, 900, 0.001, (k) => clopperPearsonLower(k, n, 0.02)),
    );
    expect(wrongAlpha).toEqual([false, false, false]);
    const sharp = minimumCount(200, 0.001);
    const p = clopperPearsonLower(sharp, 200, 0.001);
    // At p = the bound itself the error probability is alpha: a planted excess over the next
    // multiple of 2^-10.
    const numerator = Math.ceil(p * 2 ** BITS);
    expect(covers(200, numerator, 0.001, (k) => clopperPearsonLower(k, 200, 0.001) + 1e-3)).toBe(
      false,
    );
  });

  it('is monotone in k and alpha, and brackets k / n', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        alphas,
        (n, share, alpha) => {
          const k = Math.floor(share * (n - 1));
          const low = clopperPearsonLower(k, n, alpha);
          expect(low).toBeLessThan(clopperPearsonLower(k + 1, n, alpha));
          expect(low).toBeLessThanOrEqual(clopperPearsonLower(k, n, alpha * 2));
          expect(low).toBeLessThanOrEqual(k / n);
          expect(clopperPearsonUpper(k, n, alpha)).toBeGreaterThanOrEqual(k / n);
        },
      ),
      { numRuns: 50, seed: 2 },
    );
  });
});
