import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fillNormal, float32Tensor, type Norm } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { imageView, windowExtents } from './image-view.js';
import { square } from './square.js';
import { squareBump } from './square-bump.js';
import { squareShare } from './square-schedule.js';

const extent = fc.integer({ min: 1, max: 12 });

it('a bump is half positive, half negative, of norm 1', () => {
  fc.assert(
    fc.property(extent, extent, fc.boolean(), (rows, columns, turned) => {
      for (const norm of ['l2', 'l1'] as const) {
        const bump = squareBump({ rows, columns }, norm, turned);
        const size = bump.reduce((sum, v) => sum + (norm === 'l2' ? v * v : Math.abs(v)), 0);
        expect(size).toBeCloseTo(1, 12);
        if (rows * columns > 1) expect([...new Set(bump.map(Math.sign))].sort()).toEqual([-1, 1]);
      }
    }),
  );
});

it('a bump is highest in the middle, by the sums of the paper', () => {
  // 3 rows below the cut, 5 columns: rings at distance 0, 1, 2 of heights 1 + 1/4 + 1/9, 1/4 + 1/9, 1/9.
  const bump = squareBump({ rows: 6, columns: 5 }, 'l2', false);
  const heights = [15, 16, 17, 18, 19].map((i) => bump[15 + 5 + (i - 15)] as number);
  const ratio = heights.map((h) => h / (heights[2] as number));
  const [top, next, last] = [1 + 1 / 4 + 1 / 9, 1 / 4 + 1 / 9, 1 / 9];
  [last / top, next / top, 1, next / top, last / top].forEach((expected, i) => {
    expect(ratio[i]).toBeCloseTo(expected, 12);
  });
});

it('windows fit into any image and have about the area they should', () => {
  fc.assert(
    fc.property(
      extent,
      extent,
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (height, width, share) => {
        const area = share * height * width;
        const { rows, columns } = windowExtents(imageView([height, width]), area, false);
        expect(rows >= 1 && rows <= height && columns >= 1 && columns <= width).toBe(true);
        // Rounding one side, or both, changes the area by at most half of the sides' sum and a quarter.
        expect(Math.abs(rows * columns - Math.max(area, 1))).toBeLessThanOrEqual(
          (rows + columns + 1) / 2 + 0.25,
        );
      },
    ),
  );
});

it('halves the share where the paper says', () => {
  expect(
    [0, 10, 11, 51, 201, 501, 1001, 2001, 4001, 6001, 8001].map((i) => 0.8 / squareShare(0.8, i)),
  ).toEqual([1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
});

it.each([
  { shape: [12] },
  { shape: [3, 4] },
  { shape: [1, 5, 7] },
  { shape: [2, 2, 3, 3] },
  { shape: [1] },
])('breaks inputs of shape $shape in every norm, asking only for logits', async ({ shape }) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const w = new Float32Array(size);
  fillNormal(w, 0, size, { seed: 5, purpose: 'calibration', image: 0, draw: 0 });
  const bias = -0.5 * w.reduce((a, b) => a + b, 0);
  const dual: Record<Norm, number> = {
    linf: w.reduce((sum, v) => sum + Math.abs(v), 0),
    l2: Math.sqrt(w.reduce((sum, v) => sum + v * v, 0)),
    l1: w.reduce((top, v) => Math.max(top, Math.abs(v)), 0),
  };
  for (const norm of ['linf', 'l2', 'l1'] as const) {
    // The boundary is at .1. Bumps of three by three elements cannot follow random weights closely in l2 and l1.
    const margin = 0.1 * dual[norm];
    const { gradient: _, ...blind } = linearClassifier(
      shape,
      [...w, ...new Float32Array(size)],
      [bias + margin, 0],
    );
    const x = float32Tensor([1, ...shape], new Float32Array(size).fill(0.5));
    const epsilon = { linf: 0.12, l2: 0.3, l1: 0.6 }[norm];
    const result = await square({ queries: 3000 }).run(
      blind,
      x,
      { kind: 'untargeted', labels: Int32Array.of(0) },
      { kind: 'ball', norm, epsilon },
      { seed: 1, images: Uint32Array.of(0), batchSize: 1 },
    );
    expect(result.rows[0]?.status, norm).toBe('success');
    expect(result.queries.backward).toBe(0);
  }
});

it('refuses meaningless settings', () => {
  expect(() => square({ queries: 0 })).toThrow('square: expected queries');
  expect(() => square({ firstShare: 1.2 })).toThrow('square: expected firstShare');
});
