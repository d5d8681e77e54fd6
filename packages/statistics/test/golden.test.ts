import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  binomialUpperQuantile,
  clopperPearsonLower,
  clopperPearsonUpper,
  dkwOneSided,
  dkwTwoSided,
  logBinomialUpperTail,
  mcnemarExact,
  minimumCount,
  normalCdf,
  normalQuantile,
  normalSurvival,
  normalUpperQuantile,
  shareInterval,
  twoSidedBinomialTest,
} from '../src/index.js';
import { compareWithDecimal } from './exact-decimal.js';

interface Exact {
  readonly exact: string;
}
interface Golden {
  clopperPearson: { k: number; n: number; alpha: number; lower: Exact; upper: Exact }[];
  abstainFrontier: { n: number; alpha: number; minK: number | null }[];
  normalQuantile: ({ p: number } & Exact)[];
  normalCdf: ({ z: number } & Exact)[];
  predictTwoSided: ({ n1: number; n2: number } & Exact)[];
  multiclass: { counts: number[]; alpha: number; top: number; binary: { lower: number } }[];
  mcnemar: { onlyA: number; onlyB: number; pExact: number }[];
  dkw: { m: number; delta: number; epsTwoSided: number; epsOneSided: number }[];
  datasetLevel: {
    cases: {
      images: number;
      certified: number;
      alpha: number;
      rho: number;
      exactBinomialQ: number;
      cpLower95: number;
      cpUpper95: number;
    }[];
  };
}

// 50-digit mpmath and SciPy; see the file's own header.
const golden = JSON.parse(
  readFileSync(new URL('./golden/smoothing.json', import.meta.url), 'utf8'),
) as Golden;

function expectRelative(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

describe('against 50-digit values', () => {
  it('bounds a binomial probability to 1e-12, and never on the wrong side', () => {
    expect(golden.clopperPearson.length).toBeGreaterThan(300);
    for (const { k, n, alpha, lower, upper } of golden.clopperPearson) {
      const low = clopperPearsonLower(k, n, alpha);
      const high = clopperPearsonUpper(k, n, alpha);
      expectRelative(low, Number(lower.exact), 1e-12);
      expectRelative(high, Number(upper.exact), 1e-12);
      expect(compareWithDecimal(low, lower.exact)).toBeLessThanOrEqual(0);
      expect(compareWithDecimal(high, upper.exact)).toBeGreaterThanOrEqual(0);
    }
  });

  it('finds the abstain frontier', () => {
    for (const { n, alpha, minK } of golden.abstainFrontier) {
      expect(minimumCount(n, alpha)).toBe(minK ?? n + 1);
    }
  });

  it('inverts the normal distribution, tails included', () => {
    for (const { p, exact } of golden.normalQuantile) {
      // PPND16 claims about 1e-16; four roundings of the evaluation on top.
      expectRelative(normalQuantile(p), Number(exact), 5e-16);
      expect(normalUpperQuantile(p)).toBe(-normalQuantile(p));
    }
  });

  it('evaluates the normal distribution, tails included', () => {
    for (const { z, exact } of golden.normalCdf) {
      // 2^-1074: half a spacing of the subnormal numbers, where z = -38 ends up.
      const tolerance = 1e-14 * Number(exact) + 2 ** -1074;
      expect(Math.abs(normalCdf(z) - Number(exact))).toBeLessThanOrEqual(tolerance);
      expect(normalSurvival(-z)).toBe(normalCdf(z));
    }
  });

  it('tests two counts for equality, below the smallest double in logarithms', () => {
    for (const { n1, n2, exact } of golden.predictTwoSided) {
      expectRelative(twoSidedBinomialTest(n1, n2), Number(exact), 1e-12);
      if (Number(exact) < 1) {
        const log = Math.LN2 + logBinomialUpperTail(Math.max(n1, n2), n1 + n2, 0.5);
        // log of a decimal string: mantissa and exponent apart, because the value itself may be
        // below 1e-308.
        const [mantissa = '', exponent = '0'] = exact.split('e');
        const expected = Math.log(Number(mantissa)) + Number(exponent) * Math.LN10;
        expect(Math.abs(log - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, -expected));
      }
    }
  });

  it("reproduces Cohen's lower bound from class counts", () => {
    for (const { counts, alpha, top, binary } of golden.multiclass) {
      const n = counts.reduce((sum, count) => sum + count, 0);
      expectRelative(clopperPearsonLower(counts[top] ?? NaN, n, alpha), binary.lower, 1e-12);
    }
  });

  it('tests and bands of the data-set level', () => {
    for (const { onlyA, onlyB, pExact } of golden.mcnemar) {
      expectRelative(mcnemarExact(onlyA, onlyB), pExact, 1e-12);
    }
    for (const { m, delta, epsTwoSided, epsOneSided } of golden.dkw) {
      expectRelative(dkwTwoSided(m, delta), epsTwoSided, 1e-15);
      expectRelative(dkwOneSided(m, delta), epsOneSided, 1e-15);
    }
    for (const row of golden.datasetLevel.cases) {
      expect(binomialUpperQuantile(row.images, row.alpha, row.rho)).toBe(row.exactBinomialQ);
      const [low, high] = shareInterval(row.certified, row.images, 0.95);
      // alpha = (1 - 0.95) / 2 differs from 0.025 by 2e-17, times d log p / d log alpha < 1.
      expectRelative(low, row.cpLower95, 1e-12);
      expectRelative(high, row.cpUpper95, 1e-12);
    }
  });
});
