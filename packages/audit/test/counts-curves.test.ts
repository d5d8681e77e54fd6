import { fileSchema } from '@floatpath/core';
import { clopperPearsonLower, normalQuantile } from '@floatpath/statistics';
import type { Counts, CountsHeader, CountsRow } from '@floatpath/smoothing';
import { describe, expect, it } from 'vitest';
import { curveFigure, curveTable, figureFile } from '../src/figures/index.js';
import { countsChart } from '../src/index.js';

const header: CountsHeader = {
  schema: fileSchema.counts,
  version: '0.1.0',
  engine: 'made',
  model: { name: 'net <&> "one"', hash: 'sha256:00' },
  method: 'plain',
  guarantee: 'unconditional',
  preprocessing: { bounds: [0, 1], layout: 'nchw' },
  data: 'made images',
  classes: 2,
  noise: { kind: 'integer-gaussian', sigma: 0.5 },
  norm: 'l2',
  sharing: 'per-image',
  seed: 0,
  plan: { n0: 10, n: 100, alpha: 0.001, bound: { kind: 'binary' }, stopping: { kind: 'fixed' } },
};

/** One image per number of draws, of 100, that say 0; its label is 0 unless said. */
function madeCounts(
  hits: readonly number[],
  change: Partial<CountsHeader> = {},
  labelOf: (image: number) => number | null = () => 0,
): Counts {
  const rows = hits.flatMap((k, image): CountsRow[] => {
    const row = { image, label: labelOf(image), from: 0, rejected: 0, offGrid: 0 };
    return [
      { ...row, purpose: 'selection', n: 10, counts: [10, 0] },
      { ...row, purpose: 'estimation', n: 100, counts: [k, 100 - k] },
    ];
  });
  return { header: { ...header, ...change }, rows };
}

const radiusOf = (k: number): number => 0.5 * normalQuantile(clopperPearsonLower(k, 100, 0.001));

describe('curves of counts files', () => {
  it('step at the radii of the counts, with the exact bands of their shares', () => {
    const counts = madeCounts([100, 100, 90, 20], {}, (image) => (image === 1 ? 1 : 0));
    const { curves, norm, description } = countsChart([{ name: 'net', counts }]);
    const [{ points } = { points: [] }] = curves;
    expect(norm).toBe('l2');
    expect(points.map(({ count, images }) => [count, images])).toEqual([
      [2, 4],
      [2, 4],
      [1, 4],
    ]);
    // Radii in the file are rounded towards less, by far less than this.
    expect(points[1]?.radius).toBeCloseTo(radiusOf(90), 9);
    expect(points[2]?.radius).toBeCloseTo(radiusOf(100), 9);
    // Clopper-Pearson at .95 of 2 and of 1 of 4, from tables.
    expect(points[0]?.interval[0]).toBeCloseTo(0.06759, 5);
    expect(points[0]?.interval[1]).toBeCloseTo(0.93241, 5);
    expect(points[2]?.interval[0]).toBeCloseTo(0.00631, 5);
    expect(points[2]?.interval[1]).toBeCloseTo(0.80588, 5);
    // P(Bin(4, .001) >= 1) = .004 > .001, P(Bin(4, .001) >= 2) = 6e-6.
    expect(description).toContain('with probability .999 at most 1 of 2 do');
  });

  it.each(['l1', 'l2', 'linf'] as const)('name their norm, %s', (norm) => {
    const noise = norm === 'l1' ? ({ kind: 'uniform', sigma: 0.5 } as const) : header.noise;
    const counts = madeCounts([99, 80], { norm, noise });
    const svg = curveFigure(countsChart([{ name: 'net', counts }], { size: 16 }));
    expect(svg).toContain(`radius r (${norm}, input units)`);
    expect(svg.match(/l1|l2|linf/g)?.every((word) => word === norm)).toBe(true);
  });

  it('say what no certificate is, and what is not sound', () => {
    const frozen = madeCounts([99], { guarantee: 'conditional' });
    const chart = countsChart([{ name: 'net', counts: frozen }]);
    expect(curveFigure(chart)).toContain('CONDITIONAL, no certificate');
    expect(curveFigure(chart)).toContain('surrogate radius r');
    expect(curveTable(chart).caption).toContain('CONDITIONAL');
    const float = madeCounts([99], { noise: { kind: 'gaussian', sigma: 0.5 } });
    expect(countsChart([{ name: 'net', counts: float }]).description).toContain(
      'NOT SOUND IN FLOATING POINT',
    );
  });

  it('refuse files of two guarantees, and one without a labelled image', () => {
    const files = [
      { name: 'a', counts: madeCounts([99]) },
      { name: 'b', counts: madeCounts([99], { guarantee: 'conditional' }) },
    ] as const;
    const invalid = expect.objectContaining({ code: 'invalid-data' }) as Error;
    expect(() => countsChart(files)).toThrow(invalid);
    expect(() => countsChart([{ name: 'a', counts: madeCounts([99], {}, () => null) }])).toThrow(
      invalid,
    );
  });
});

it('a figure as a file is well-formed, has its own colors and keeps names in their place', () => {
  const svg = figureFile(
    curveFigure(countsChart([{ name: header.model.name, counts: madeCounts([100, 90]) }])),
  );
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*><style>.*--fp-ink/s);
  expect(svg).toContain('net &#60;&#38;&#62; &#34;one&#34;');
  const open: string[] = [];
  for (const [, end, tag] of svg.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (end === '') open.push(tag as string);
    else expect(open.pop()).toBe(tag);
  }
  expect(open).toEqual([]);
});
