import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gridGaussianCuts } from '@floatpath/core';
import { binomialUpperTail } from '@floatpath/statistics';
import {
  certificateOf,
  certifiedAccuracy,
  composedSigma,
  gaussian,
  integerGaussian,
  linfThroughL2,
  twoClass,
  type CertifiedRow,
} from '../src/index.js';
import { gaussianRadius } from '../src/noise/gaussian-radius.js';
import { laplaceRadius } from '../src/noise/laplace-radius.js';
import { uniformRadius } from '../src/noise/uniform-radius.js';

interface Golden {
  clopperPearson: {
    k: number;
    n: number;
    alpha: number;
    radius?: Record<string, number>;
    abstain: boolean;
  }[];
  multiclass: {
    counts: number[];
    alpha: number;
    sigma: number;
    top: number;
    binary: { lower: number; radius: number | null };
    topTwoBonferroni: { lower: number; upperCapped: number; radius: number | null };
  }[];
  integerNoise: {
    tables: { sigma: string; rows: { j: number; cdfAtJPlusHalf: string; floor2p64: string }[] }[];
  };
  twoClassRadius: { pALower: number; pBUpper: number; sigma: number; exact: string }[];
  otherNorms: {
    cases: {
      pALower: number;
      l1UniformHalfWidth1: number;
      l1LaplaceScale1: number;
      l2GaussianSigma1: number;
      linfViaL2Sigma1: Record<string, number>;
      composed: { sigma1: number; sigma2: number; radius: number };
    }[];
  };
  l1MultiClass: {
    pALower: number;
    pBUpper: number;
    laplaceScale: number;
    teng: number;
    uniformHalfWidth: number;
  }[];
  datasetLevel: {
    cases: {
      images: number;
      certified: number;
      alpha: number;
      rho: number;
      exactHighProb: number;
      cohenHighProb: number;
      cpLower95: number;
      cpUpper95: number;
    }[];
  };
}

// 50-digit mpmath and SciPy; see the file's own header.
const golden = JSON.parse(
  readFileSync(new URL('../../statistics/test/golden/smoothing.json', import.meta.url), 'utf8'),
) as Golden;

describe('against independent values', () => {
  it('certifies the radius of every Clopper-Pearson case, never more', () => {
    for (const { k, n, alpha, radius, abstain } of golden.clopperPearson) {
      for (const [sigma, expected] of Object.entries(radius ?? { '0.5': NaN })) {
        const certificate = certificateOf({
          selection: Uint32Array.of(n, 0),
          estimation: Uint32Array.of(k, n - k),
          n,
          alpha,
          noise: gaussian({ sigma: Number(sigma) }),
        });
        expect(certificate.kind).toBe(abstain ? 'abstain' : 'certified');
        if (certificate.kind === 'certified') {
          expect(certificate.radius).toBeLessThanOrEqual(expected);
          expect(expected - certificate.radius).toBeLessThan(1e-10);
        }
      }
    }
  });

  it("reproduces Cohen's radius from class counts", () => {
    for (const { counts, alpha, sigma, top, binary } of golden.multiclass) {
      const estimation = Uint32Array.from(counts);
      const selection = Uint32Array.from(counts, (_, i) => (i === top ? 1 : 0));
      const n = counts.reduce((sum, count) => sum + count, 0);
      const noise = integerGaussian({ sigma, bounds: [0, 1] });
      const certificate = certificateOf({ selection, estimation, n, alpha, noise });
      const radius = certificate.kind === 'certified' ? certificate.radius : 0;
      expect(certificate.label).toBe(top);
      expect(radius).toBeLessThanOrEqual(Math.max(0, binary.radius ?? 0) + 1e-15);
      expect(Math.max(0, binary.radius ?? 0) - radius).toBeLessThan(1e-10);
    }
  });

  it('certifies with the runner-up what independent arithmetic does, never more', () => {
    for (const { counts, alpha, sigma, top, topTwoBonferroni } of golden.multiclass) {
      const certificate = certificateOf({
        estimation: Uint32Array.from(counts),
        selection: Uint32Array.from(counts, (_, i) => (i === top ? 1 : 0)),
        n: counts.reduce((sum, count) => sum + count, 0),
        alpha,
        noise: gaussian({ sigma }),
        bound: twoClass(),
      });
      const expected = Math.max(0, topTwoBonferroni.radius ?? 0);
      const radius = certificate.kind === 'certified' ? certificate.radius : 0;
      expect(Math.abs(certificate.pLower - topTwoBonferroni.lower)).toBeLessThan(1e-12);
      expect(Math.abs((certificate.pUpper ?? NaN) - topTwoBonferroni.upperCapped)).toBeLessThan(
        1e-12,
      );
      expect(radius).toBeLessThanOrEqual(expected + 1e-15);
      expect(expected - radius).toBeLessThan(1e-10);
    }
  });

  it('measures radii in every norm', () => {
    const below = (radius: number, expected: number): void => {
      expect(radius).toBeLessThanOrEqual(expected + 1e-15);
      // The file's tolerance on radii.
      expect(expected - radius).toBeLessThan(1e-10);
    };
    for (const { pALower, pBUpper, sigma, exact } of golden.twoClassRadius) {
      if (pBUpper > pALower)
        expect(() => gaussianRadius(sigma, pALower, pBUpper)).toThrow('abstain');
      else below(gaussianRadius(sigma, pALower, pBUpper), Number(exact));
    }
    for (const { pALower, ...expected } of golden.otherNorms.cases) {
      below(uniformRadius(1, pALower), expected.l1UniformHalfWidth1);
      below(laplaceRadius(1, pALower), expected.l1LaplaceScale1);
      below(gaussianRadius(1, pALower), expected.l2GaussianSigma1);
      for (const [size, radius] of Object.entries(expected.linfViaL2Sigma1)) {
        below(linfThroughL2(gaussian({ sigma: 1 }), Number(size)).radius(pALower), radius);
      }
      const { sigma1, sigma2, radius } = expected.composed;
      below(gaussianRadius(composedSigma([sigma1, sigma2]), pALower), radius);
    }
    for (const { pALower, pBUpper, laplaceScale, ...expected } of golden.l1MultiClass) {
      below(laplaceRadius(laplaceScale, pALower, pBUpper), expected.teng);
      below(uniformRadius(laplaceScale, pALower, pBUpper), expected.uniformHalfWidth);
    }
  });

  it('cuts the integer Gaussian where 40-digit arithmetic does', () => {
    for (const { sigma, rows } of golden.integerNoise.tables) {
      const { limit, cuts } = gridGaussianCuts(Number(sigma));
      for (const { j, floor2p64 } of rows) {
        const cut = cuts[j + limit];
        const expected = BigInt(floor2p64);
        if (cut === undefined) {
          // Beyond the table: all but 2^-65 of the mass is on one side.
          expect(j < 0 ? expected : (1n << 64n) - 1n - expected).toBeLessThanOrEqual(1n);
        } else {
          // One unit of 2^-64 is the slack inside which a draw is rejected.
          const difference = cut - expected;
          expect(difference >= -1n && difference <= 1n).toBe(true);
        }
      }
    }
  });

  it('draws the integer Gaussian with those probabilities', () => {
    const draws = 40_000;
    for (const { sigma, rows } of golden.integerNoise.tables) {
      const noise = integerGaussian({ sigma: Number(sigma), bounds: [0, 1] });
      const request = { seed: 5, purpose: 'estimation', image: 0, from: 0 } as const;
      const { values } = noise.rows({ ...request, count: 40, size: draws / 40 }).noise;
      for (const { j, cdfAtJPlusHalf } of rows) {
        const p = Number(cdfAtJPlusHalf);
        const below = values.filter((value) => value <= j).length;
        // Six standard deviations of a binomial count, and one for the far tails.
        const tolerance = 6 * Math.sqrt(draws * p * (1 - p)) + 1;
        expect(Math.abs(below - draws * p)).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it('corrects certified accuracy by the exact binomial quantile', () => {
    const certificate = {
      kind: 'certified',
      guarantee: 'unconditional',
      arithmetic: 'grid',
      norm: 'l2',
      label: 1,
      radius: 0.5,
      pLower: 0.9,
    } as const;
    for (const { images, certified, alpha, rho, ...expected } of golden.datasetLevel.cases) {
      const rows = Array.from({ length: images }, (_, i): CertifiedRow => ({
        label: i < certified ? 1 : 0,
        certificate,
      }));
      const [row] = certifiedAccuracy(rows, [0.5], { alpha, rho });
      expect(row?.certified).toBe(certified);
      expect(row?.corrected).toBeCloseTo(expected.exactHighProb, 12);
      // What Cohen's formula takes away is exceeded more often than rho where it is less than the exact quantile.
      const taken = certified - images * expected.cohenHighProb;
      const exceeded = binomialUpperTail(Math.floor(taken) + 1, images, alpha);
      expect(exceeded > rho).toBe(expected.cohenHighProb > expected.exactHighProb);
      expect(row?.interval[0]).toBeCloseTo(expected.cpLower95, 12);
      expect(row?.interval[1]).toBeCloseTo(expected.cpUpper95, 12);
    }
  });
});
