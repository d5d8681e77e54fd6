import { describe, expect, it } from 'vitest';
import { fileSchema } from '@floatpath/core';
import { certificationReport } from './certification-report.js';
import { compareCounts } from './compare-counts.js';
import type { Counts } from './counts-file/counts-file.js';
import type { CountsHeader } from './counts-file/header.js';
import type { CountsRow } from './counts-file/row.js';

const header: CountsHeader = {
  schema: fileSchema.counts,
  version: '0.1.0',
  engine: 'engine',
  model: { name: 'a', hash: 'a' },
  method: 'plain',
  guarantee: 'unconditional',
  preprocessing: { bounds: [0, 1], layout: 'nchw' },
  data: 'images',
  classes: 2,
  noise: { kind: 'integer-gaussian', sigma: 0.5 },
  norm: 'l2',
  sharing: 'per-image',
  seed: 0,
  plan: { n0: 10, n: 1_000, alpha: 0.001, bound: { kind: 'binary' }, stopping: { kind: 'fixed' } },
};

/** Image i answers class 0 in `top` of 1,000 draws. */
const rowsOf = (tops: readonly number[], label: number | null = 0): CountsRow[] =>
  tops.flatMap((top, image) => {
    const row = { image, label, from: 0, rejected: 0, offGrid: 0 };
    return [
      { ...row, purpose: 'selection', n: 10, counts: [10, 0] },
      { ...row, purpose: 'estimation', n: 1_000, counts: [top, 1_000 - top] },
    ] as const;
  });
const counts = (tops: readonly number[], change: Partial<CountsHeader> = {}): Counts => ({
  header: { ...header, ...change },
  rows: rowsOf(tops),
});

describe('certificationReport', () => {
  const tops = [1_000, 990, 900, 700, 520, 300];

  it('puts everything that the numbers depend on beside them', () => {
    const report = certificationReport(counts(tops), { radii: [0, 0.5] });
    expect(report).toMatchObject({
      guarantee: 'unconditional',
      arithmetic: 'grid',
      norm: 'l2',
      images: 6,
      abstained: 2,
      n: 1_000,
      alpha: 0.001,
      draws: 6_000,
      ceiling: 1 / 6,
    });
    // R = .5 Phi^-1(lower): 1.25, .99, .56, .19.
    expect(report.curve.map(({ certified }) => certified)).toEqual([4, 3]);
    // At most one certificate of six is wrong with probability .999: P(Bin(6, .001) > 0) = .006.
    expect(report.curve[0]?.corrected).toBe(3 / 6);
    expect(report.pLower.reduce((sum, { images }) => sum + images, 0)).toBe(6);
    expect(report.pLower[0]).toEqual({ from: 0, to: 0.5, images: 2 });
  });

  it('corrects shared draws for errors that come all at once', () => {
    const report = certificationReport(counts(tops, { sharing: 'shared' }), { radii: [0] });
    // Markov: six certificates fail together with probability at most .001 only if 6 alpha <= .006.
    expect(report.curve[0]?.corrected).toBe(0);
  });

  it('names images without all their draws or without a label instead of averaging over them', () => {
    const partial = counts(tops);
    const rows = [
      ...partial.rows.slice(0, 11),
      ...rowsOf([999], null).map((row) => ({ ...row, image: 9 })),
    ];
    const report = certificationReport({ header, rows }, { radii: [0] });
    expect(report).toMatchObject({ images: 5, incomplete: [5], unlabelled: [9] });
    expect(() => certificationReport({ header, rows: rows.slice(0, 1) }, { radii: [0] })).toThrow(
      expect.objectContaining({ code: 'invalid-data' }),
    );
  });
});

describe('compareCounts', () => {
  const options = { radii: [0, 0.25], seed: 0 };
  const many = (top: number): number[] => Array.from({ length: 40 }, (_, i) => top - i);

  it('compares classifiers counted on the same draws', () => {
    const other = { model: { name: 'b', hash: 'b' }, engine: 'another' };
    const result = compareCounts(counts(many(600)), counts(many(950), other), options);
    expect(result).toMatchObject({ images: 40, meanRadius: { significant: true } });
    expect(result.accuracy[1]).toMatchObject({ onlyFirst: 0, onlySecond: 40, significant: true });
    const same = compareCounts(counts(many(600)), counts(many(600), other), options);
    expect(same).toMatchObject({ meanRadius: { mean: 0, significant: false } });
  });

  it('refuses other draws, other plans, surrogates beside certificates, and other images', () => {
    const attempt = (change: Partial<CountsHeader>): unknown =>
      compareCounts(counts([900]), counts([900], change), options);
    expect(() => attempt({ seed: 1 })).toThrow('counts with seed 0, got 1');
    expect(() => attempt({ noise: { kind: 'gaussian', sigma: 0.5 } })).toThrow('with noise');
    expect(() => attempt({ plan: { ...header.plan, alpha: 0.05 } as never })).toThrow('with plan');
    expect(() => attempt({ guarantee: 'conditional' })).toThrow('with guarantee');
    expect(() => compareCounts(counts([900]), counts([900, 800]), options)).toThrow(
      'got 0 in the first only and 1 in the second only, such as image 1',
    );
  });
});
