import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  anytimeLogEvidence,
  anytimeLower,
  anytimeMinimumCount,
  bonferroniBounds,
  clopperPearsonLower,
  clopperPearsonUpper,
  empiricalBernsteinLower,
  goodmanIntervals,
  minimumCount,
  quesenberryHurstIntervals,
  stevensLower,
  type ClassIntervals,
  type Mixture,
} from '../src/index.js';
import { compareWithDecimal } from './exact-decimal.js';

interface Golden {
  anytimeMixture: {
    k: number;
    n: number;
    a: number;
    logE: Record<string, { two: number | null; oneSided: number | null }>;
    lower: Record<string, { twoSidedMixture: string; oneSidedMixture: string }>;
  }[];
  anytimePaths: {
    rule: string;
    alpha: number;
    points: { t: number; k: number; lower: number; runningMax: number }[];
  }[];
  ktBetting: {
    thr: number;
    p0: number;
    t: number;
    k: number;
    logCapital: number;
    logMixture: number;
  }[];
  radiusTargetBoundary: {
    p0: number;
    alpha: number;
    boundary: { n: number; minK: number | null; minKClopperPearson: number | null }[];
  }[];
  stagedBonferroni: {
    perStage: number;
    example: { n: number; k: number; lower: number }[];
  }[];
  randomizedClopperPearson: {
    cases: { k: number; n: number; alpha: number; u: number; lower: number }[];
  };
  softEmpiricalBernstein: {
    n: number;
    sum: number;
    sumSq: number;
    alpha: number;
    lower: number;
  }[];
  multiclass: {
    counts: number[];
    alpha: number;
    top: number;
    topTwoBonferroni: { lower: number; upper: number };
    bonferroniAllClasses: { lower: number[]; upper: number[] };
    goodman: { intervals: [number, number][] };
    quesenberryHurst: { intervals: [number, number][] };
  }[];
}

// 50-digit mpmath and SciPy; see the file's own header.
const golden = JSON.parse(
  readFileSync(new URL('./golden/smoothing.json', import.meta.url), 'utf8'),
) as Golden;

const jeffreys: Mixture = { prior: 'jeffreys', sides: 'two' };

function expectRelative(actual: number, expected: number, tolerance = 1e-12): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

describe('bounds that hold at every n, against 50-digit values', () => {
  it('weighs the evidence of both priors, one- and two-sided', () => {
    for (const { k, n, a, logE } of golden.anytimeMixture) {
      const prior = a === 1 ? 'uniform' : 'jeffreys';
      for (const [p0, { two, oneSided }] of Object.entries(logE)) {
        const both = [
          ['two', two],
          ['one', oneSided],
        ] as const;
        for (const [sides, expected] of both) {
          // SciPy's incomplete beta underflows where the file says null.
          if (expected === null) continue;
          const log = anytimeLogEvidence(k, n, Number(p0), { prior, sides });
          expect(Math.abs(log - expected)).toBeLessThanOrEqual(
            1e-12 * Math.max(1, Math.abs(expected)),
          );
        }
      }
    }
  });

  it('bounds the probability to 1e-12, never above', () => {
    for (const { k, n, a, lower } of golden.anytimeMixture) {
      const prior = a === 1 ? 'uniform' : 'jeffreys';
      for (const [alpha, { twoSidedMixture, oneSidedMixture }] of Object.entries(lower)) {
        const two = anytimeLower(k, n, Number(alpha), { prior, sides: 'two' });
        const one = anytimeLower(k, n, Number(alpha), { prior, sides: 'one' });
        expectRelative(two, Number(twoSidedMixture));
        expectRelative(one, Number(oneSidedMixture));
        expect(compareWithDecimal(two, twoSidedMixture)).toBeLessThanOrEqual(0);
        expect(compareWithDecimal(one, oneSidedMixture)).toBeLessThanOrEqual(0);
      }
    }
  });

  it('follows the paths of four sequences', () => {
    for (const { rule, alpha, points } of golden.anytimePaths) {
      const threshold = Number(/< (\d+)/.exec(rule)?.[1]);
      const expected = new Map(points.map((point) => [point.t, point]));
      let k = 0;
      let runningMax = 0;
      for (let t = 1; t <= 2_000; t += 1) {
        if ((t * 7919) % 1000 < threshold) k += 1;
        const lower = anytimeLower(k, t, alpha, jeffreys);
        runningMax = Math.max(runningMax, lower);
        const point = expected.get(t);
        if (point === undefined) continue;
        expect(k).toBe(point.k);
        // The tolerance of the file.
        expect(Math.abs(lower - point.lower)).toBeLessThanOrEqual(1e-10);
        expect(Math.abs(runningMax - point.runningMax)).toBeLessThanOrEqual(1e-10);
      }
    }
  });

  it('is what a Krichevsky-Trofimov bettor wins', () => {
    for (const { thr, p0, t, k, logCapital, logMixture } of golden.ktBetting) {
      const log = anytimeLogEvidence(k, t, p0, jeffreys);
      // The file's two values differ by as much: a thousand logarithms were added.
      expectRelative(log, logCapital, 1e-11);
      expectRelative(log, logMixture, 1e-11);
      let capital = 0;
      let wins = 0;
      for (let i = 1; i <= t; i += 1) {
        const predicted = (wins + 0.5) / i;
        const win = (i * 7919) % 1000 < thr;
        capital += Math.log(win ? predicted / p0 : (1 - predicted) / (1 - p0));
        if (win) wins += 1;
      }
      expectRelative(log, capital, 1e-11);
    }
  });

  it('knows the counts that decide a target radius', () => {
    for (const { p0, alpha, boundary } of golden.radiusTargetBoundary) {
      for (const { n, minK, minKClopperPearson } of boundary) {
        expect(anytimeMinimumCount(n, p0, alpha, jeffreys)).toBe(minK ?? n + 1);
        const k = minKClopperPearson ?? n + 1;
        if (k <= n) expect(clopperPearsonLower(k, n, alpha)).toBeGreaterThanOrEqual(p0);
        if (k - 1 <= n) expect(clopperPearsonLower(k - 1, n, alpha)).toBeLessThan(p0);
      }
    }
    expect(minimumCount(100, 0.001)).toBe(66);
  });

  it('pays for stages', () => {
    for (const { perStage, example } of golden.stagedBonferroni) {
      for (const { n, k, lower } of example) {
        expectRelative(clopperPearsonLower(k, n, perStage), lower);
      }
    }
  });
});

describe('other bounds, against independent values', () => {
  it("gives Stevens' randomised bound", () => {
    for (const { k, n, alpha, u, lower } of golden.randomizedClopperPearson.cases) {
      // The file's own tolerance is 1e-9.
      expect(Math.abs(stevensLower(k, n, alpha, u) - lower)).toBeLessThanOrEqual(1e-9);
    }
  });

  it('bounds a mean of bounded values', () => {
    for (const { n, sum, sumSq, alpha, lower } of golden.softEmpiricalBernstein) {
      expectRelative(empiricalBernsteinLower({ n, sum, sumOfSquares: sumSq }, alpha), lower);
    }
  });

  it('bounds several classes at once', () => {
    const same = (actual: ClassIntervals, expected: readonly (readonly number[])[]): void => {
      actual.forEach((interval, i) => {
        interval.forEach((end, side) => {
          expect(Math.abs(end - (expected[i]?.[side] ?? NaN))).toBeLessThanOrEqual(1e-12);
        });
      });
    };
    for (const row of golden.multiclass) {
      const { counts, alpha, top, topTwoBonferroni, bonferroniAllClasses } = row;
      const n = counts.reduce((sum, count) => sum + count, 0);
      const runnerUp = Math.max(...counts.filter((_, i) => i !== top));
      expectRelative(clopperPearsonLower(counts[top] ?? NaN, n, alpha / 2), topTwoBonferroni.lower);
      expectRelative(clopperPearsonUpper(runnerUp, n, alpha / 2), topTwoBonferroni.upper);
      const { lower, upper } = bonferroniAllClasses;
      same(
        bonferroniBounds(counts, alpha),
        lower.map((low, i) => [low, upper[i] ?? NaN]),
      );
      same(goodmanIntervals(counts, alpha), row.goodman.intervals);
      same(quesenberryHurstIntervals(counts, alpha), row.quesenberryHurst.intervals);
    }
  });
});
