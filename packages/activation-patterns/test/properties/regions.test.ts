import { float32Tensor, float64Tensor, type Network } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  areaOf,
  centroid,
  linearRegions,
  packPattern,
  planeThrough,
  selectionsAt,
  windowAround,
  type Analysis,
  type LinearForm,
  type Plane,
  type Point,
} from '../../src/index.js';

/** One layer of lines: unit k is relu(a s + b t + c). */
function lines(rows: readonly LinearForm[]): Analysis {
  const network: Network = {
    name: 'lines',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'h', dtype: 'float32', shape: ['batch', rows.length] }],
    nodes: [
      {
        name: 'affine',
        op: 'Gemm',
        inputs: ['x', 'W', 'b'],
        outputs: ['z'],
        attributes: { alpha: 1, beta: 1, transA: 0, transB: 1 },
      },
      { name: 'relu', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
    ],
    constants: new Map([
      [
        'W',
        float32Tensor(
          [rows.length, 2],
          rows.flatMap(([, a, b]) => [a, b]),
        ),
      ],
      [
        'b',
        float32Tensor(
          [rows.length],
          rows.map(([c]) => c),
        ),
      ],
    ]),
  };
  return analyze(network);
}

const at = ({ origin, first, second }: Plane, [s, t]: Point): Float64Array =>
  origin.data.map((o, i) => o + s * (first.data[i] as number) + t * (second.data[i] as number));

const corner = (x: number, y: number) => float32Tensor([1, 2], [x, y]);

describe('linear regions', () => {
  it('of n lines in general position are 1 + n + n (n - 1) / 2', () => {
    for (const n of [0, 1, 2, 5, 9]) {
      // Tangents of a circle at different angles, none parallel; all crossings are within the window.
      const rows = Array.from({ length: Math.max(1, n) }, (_, k): LinearForm => {
        const angle = 0.3 + (2.9 * k) / 10;
        return n === 0 ? [5, 0, 0] : [-0.1, Math.cos(angle), Math.sin(angle)];
      });
      const analysis = lines(rows);
      const plane = planeThrough(analysis, [corner(-1, -1), corner(1, -1), corner(-1, 1)]);
      const found = [...linearRegions(analysis, plane, windowAround(plane, 20))];
      expect(found).toHaveLength(1 + n + (n * (n - 1)) / 2);
    }
  });

  it('fill the window, have different patterns, and hold what the network computes', async () => {
    await fc.assert(
      fc.asyncProperty(networkCases('any', 5), async ({ network, point }) => {
        const analysis = analyze(network);
        const inputs = [point(0), point(1), point(2)] as const;
        let plane: Plane;
        try {
          plane = planeThrough(analysis, inputs);
        } catch {
          return;
        }
        const window = windowAround(plane, 0.25);
        const patterns = new Set<string>();
        let area = 0;
        let regions = 0;
        await using kernel = await referenceEngine().load(analysis.network);
        for (const { polygon, selections, logits } of linearRegions(analysis, plane, window)) {
          const own = areaOf(polygon);
          area += own;
          regions += 1;
          patterns.add(packPattern(analysis.layout, selections).join());
          // In slivers rounding decides what a point selects.
          if (own < 1e-6 * areaOf(window)) continue;
          const middle = centroid(polygon);
          const x = float64Tensor(analysis.inputShape, at(plane, middle));
          expect(selectionsAt(analysis, x)).toEqual(selections);
          const outputs = await kernel.run({ [analysis.input]: x });
          (outputs[analysis.logits]?.data as Float64Array).forEach((value, j) => {
            const [a, b, c] = logits[j] as LinearForm;
            const form = a + b * middle[0] + c * middle[1];
            // Both are float64 sums over a few layers of numbers below 1e4.
            expect(Math.abs(form - value)).toBeLessThan(1e-8 * (1 + Math.abs(value)));
          });
          if (regions > 400) return;
        }
        expect(patterns.size).toBe(regions);
        expect(Math.abs(area / areaOf(window) - 1)).toBeLessThan(1e-8);
      }),
      { numRuns: 60 },
    );
  });

  it('come nearest to the start first, and are the same from every start', () => {
    const rows = Array.from({ length: 9 }, (_, k): LinearForm => {
      const angle = 0.3 + (2.9 * k) / 10;
      return [-0.1, Math.cos(angle), Math.sin(angle)];
    });
    const analysis = lines(rows);
    const plane = planeThrough(analysis, [corner(-1, -1), corner(1, -1), corner(-1, 1)]);
    const window = windowAround(plane, 2);
    const from = (start: Point) => [...linearRegions(analysis, plane, window, start)];
    const patterns = (regions: ReturnType<typeof from>): string[] =>
      regions.map(({ selections }) => packPattern(analysis.layout, selections).join()).sort();
    for (const start of [
      [0, 0],
      [1.1, 0.9],
      [-5, 4],
    ] as const) {
      const found = from(start);
      expect(patterns(found)).toEqual(patterns(from([0, 0])));
      found.reduce((before, { distance, polygon }) => {
        expect(distance).toBeGreaterThanOrEqual(before);
        // By points of the border: 2,000 of them miss the nearest by less than a thousandth of the window's side of 10.
        const nearest = Math.min(
          ...polygon.flatMap(([s, t], k) => {
            const [u, v] = polygon[(k + 1) % polygon.length] as Point;
            return Array.from({ length: 2000 }, (_, n) =>
              Math.hypot(s + (n / 2000) * (u - s) - start[0], t + (n / 2000) * (v - t) - start[1]),
            );
          }),
        );
        if (distance > 0) expect(Math.abs(nearest - distance)).toBeLessThan(0.01);
        return distance;
      }, 0);
      // No more than one region holds a point in the window, and it comes first.
      expect(found.filter(({ distance }) => distance === 0).length).toBeLessThanOrEqual(1);
    }
  });

  it('need three inputs that are not on one line', () => {
    const analysis = lines([[0, 1, 1]]);
    const refused = expect.objectContaining({ code: 'invalid-argument' });
    const [a, b, c] = [corner(0, 0), corner(1, 1), corner(3, 3)];
    expect(() => planeThrough(analysis, [a, b, c])).toThrow(refused);
    expect(() => planeThrough(analysis, [a, a, c])).toThrow(refused);
    expect(() => planeThrough(analysis, [a, b, b])).toThrow(refused);
  });
});
