import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anytimeLower,
  anytimeMinimumCount,
  binomialUpperTail,
  clopperPearsonLower,
  empiricalBernsteinLower,
  stevensLower,
  type Mixture,
} from '../../src/index.js';

/**
 * P(some n <= last has k_n >= boundary(n)) for independent trials of probability p, by dynamic programming over
 * (n, k): exact up to rounding.
 */
function crossingProbability(p: number, last: number, boundary: (n: number) => number): number {
  let alive = new Float64Array(last + 2);
  alive[0] = 1;
  let crossed = 0;
  for (let n = 1; n <= last; n += 1) {
    const next = new Float64Array(last + 2);
    for (let k = 0; k < n; k += 1) {
      const here = alive[k] ?? 0;
      next[k] = (next[k] ?? 0) + here * (1 - p);
      next[k + 1] = (next[k + 1] ?? 0) + here * p;
    }
    for (let k = boundary(n); k <= n; k += 1) {
      crossed += next[k] ?? 0;
      next[k] = 0;
    }
    alive = next;
  }
  return crossed;
}

const mixtures = fc.record<Mixture>({
  prior: fc.constantFrom('jeffreys', 'uniform'),
  sides: fc.constantFrom('one', 'two'),
});

describe('anytime bounds', () => {
  it('are wrong at any of 400 looks with probability at most alpha, exactly', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.995, noNaN: true }),
        fc.constantFrom(0.05, 0.01, 0.001),
        mixtures,
        (p, alpha, mixture) => {
          const wrong = crossingProbability(p, 400, (n) =>
            anytimeMinimumCount(n, p, alpha, mixture),
          );
          expect(wrong).toBeLessThanOrEqual(alpha);
        },
      ),
      { numRuns: 40, seed: 11 },
    );
  });

  it('are not Clopper-Pearson looked at again and again: the same sum catches that', () => {
    const peeked = crossingProbability(0.8, 400, (n) => {
      let k = Math.floor(0.8 * n);
      while (k <= n && clopperPearsonLower(k, n, 0.01) <= 0.8) k += 1;
      return k;
    });
    expect(peeked).toBeGreaterThan(0.05);
  });

  it('exceed p exactly where the count reaches the boundary of p', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0.5, max: 0.9999, noNaN: true }),
        fc.constantFrom(0.05, 0.001),
        mixtures,
        (n, p, alpha, mixture) => {
          const k = anytimeMinimumCount(n, p, alpha, mixture);
          // The bound may stop one rounding short of p itself.
          if (k <= n) expect(anytimeLower(k, n, alpha, mixture)).toBeGreaterThan(p - 1e-14);
          if (k >= 1) expect(anytimeLower(k - 1, n, alpha, mixture)).toBeLessThanOrEqual(p);
        },
      ),
      { numRuns: 60, seed: 12 },
    );
  });

  it('never beat Clopper-Pearson at one n, and grow with k', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 20_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        mixtures,
        (n, share, mixture) => {
          const k = Math.floor(share * (n - 1));
          const low = anytimeLower(k, n, 0.001, mixture);
          expect(low).toBeLessThanOrEqual(clopperPearsonLower(k, n, 0.001));
          expect(low).toBeLessThan(anytimeLower(k + 1, n, 0.001, mixture));
        },
      ),
      { numRuns: 60, seed: 13 },
    );
  });
});

describe("Stevens' bound", () => {
  it('errs with probability alpha exactly: it crosses p at the u that makes up the difference', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 1_023 }),
        fc.constantFrom(0.05, 0.01, 0.001),
        (n, numerator, alpha) => {
          const p = numerator / 1_024;
          let k = 0;
          while (binomialUpperTail(k + 1, n, p) >= alpha) k += 1;
          const above = binomialUpperTail(k + 1, n, p);
          const u = (alpha - above) / (binomialUpperTail(k, n, p) - above);
          // Below u the bound exceeds p, above it does not: P(bound > p) = P(X > k) + u P(X = k).
          expect(stevensLower(k, n, alpha, u * (1 - 1e-6))).toBeGreaterThanOrEqual(p * (1 - 1e-9));
          expect(stevensLower(k, n, alpha, Math.min(1, u * (1 + 1e-6)))).toBeLessThanOrEqual(
            p * (1 + 1e-9),
          );
          if (k < n)
            expect(stevensLower(k + 1, n, alpha, 1)).toBeGreaterThanOrEqual(p * (1 - 1e-9));
          if (k > 0) expect(stevensLower(k - 1, n, alpha, 0)).toBeLessThanOrEqual(p * (1 + 1e-9));
        },
      ),
      { numRuns: 80, seed: 14 },
    );
  });

  it('is Clopper-Pearson at u = 1 and falls with u', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share, u, v) => {
          const k = Math.round(share * n);
          const plain = clopperPearsonLower(k, n, 0.001);
          expect(Math.abs(stevensLower(k, n, 0.001, 1) - plain)).toBeLessThanOrEqual(1e-12 * plain);
          expect(stevensLower(k, n, 0.001, Math.max(u, v))).toBeLessThanOrEqual(
            stevensLower(k, n, 0.001, Math.min(u, v)) * (1 + 1e-12),
          );
        },
      ),
      { numRuns: 60, seed: 15 },
    );
  });
});

describe('the empirical Bernstein bound', () => {
  it('errs with probability at most alpha for yes/no values, exactly', () => {
    for (const n of [10, 100, 1_000]) {
      for (const p of [0.3, 0.6, 0.9, 0.99]) {
        const lower = (k: number): number =>
          empiricalBernsteinLower({ n, sum: k, sumOfSquares: k }, 0.05);
        let k = 0;
        while (k <= n && lower(k) <= p) k += 1;
        expect(binomialUpperTail(k, n, p)).toBeLessThanOrEqual(0.05);
      }
    }
  });
});
