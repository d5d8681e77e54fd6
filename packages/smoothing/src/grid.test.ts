import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32Tensor, type Bounds } from '@floatpath/core';
import { gridPoint } from './grid.js';

const bounds = fc.constantFrom<Bounds>([0, 1], [-1, 1], [0, 255], [-0.5, 0.25]);

describe('gridPoint', () => {
  it('finds every level of an 8-bit input, at no cost', () => {
    fc.assert(
      fc.property(bounds, ([low, high]) => {
        const levels = Float32Array.from({ length: 256 }, (_, u) => u);
        const x = levels.map((u) => low + ((high - low) * u) / 255);
        const point = gridPoint(float32Tensor([1, 256], x), [low, high]);
        expect(point.levels.data).toEqual(levels);
        expect(point.snapped.data).toEqual(x);
        expect(point.correction).toBe(0);
      }),
    );
  });

  it('charges the distance to the grid plus half a diagonal cell', () => {
    // One pixel .3 of a level off: .3 / 255 + sqrt(4) / 510.
    const x = float32Tensor([1, 4], [100.3 / 255, 1, 0, 7 / 255]);
    const { correction, levels } = gridPoint(x, [0, 1]);
    expect(Array.from(levels.data)).toEqual([100, 255, 0, 7]);
    // float32 inputs are 3e-8 from the decimals meant.
    expect(correction).toBeCloseTo(0.3 / 255 + 2 / 510, 7);
    expect(correction).toBeGreaterThan(Math.hypot((x.data[0] ?? NaN) - 100 / 255) + 2 / 510);
  });

  it('covers every pair of inputs, so that subtracting it is sound', () => {
    const values = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    const norms = {
      l1: (v: readonly number[]) => v.reduce((sum, value) => sum + Math.abs(value), 0),
      l2: (v: readonly number[]) => Math.hypot(...v),
      linf: (v: readonly number[]) => Math.max(...v.map(Math.abs)),
    };
    fc.assert(
      fc.property(values, values, fc.constantFrom('l1', 'l2', 'linf'), (a, b, norm) => {
        const x = gridPoint(float32Tensor([1, 3], a), [0, 1], norm);
        const other = gridPoint(float32Tensor([1, 3], b), [0, 1], norm);
        const distance = (p: ArrayLike<number>, q: ArrayLike<number>, unit: number): number =>
          norms[norm](Array.from(p, (v, i) => (v - (q[i] ?? NaN)) / unit));
        const between = distance(x.levels.data, other.levels.data, 255);
        fc.pre(x.correction > 0);
        // Both sides are sums of three squares of numbers below 1: a few 1e-16 of rounding.
        expect(between).toBeLessThanOrEqual(distance(a, b, 1) + x.correction + 1e-15);
      }),
    );
  });

  it('refuses NaN', () => {
    const x = float32Tensor([1, 1], [NaN]);
    expect(() => gridPoint(x, [0, 1])).toThrow('gridPoint: expected finite inputs, got NaN');
  });
});
