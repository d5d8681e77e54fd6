import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Norm } from '@floatpath/core';
import { hyperplaneOffset } from './hyperplane.js';

const coordinate = fc.record({
  from: fc.integer({ min: 0, max: 16 }).map((k) => k / 16),
  slope: fc.integer({ min: -8, max: 8 }),
  // Another point of the box, by which no smaller change may exist.
  rival: fc.integer({ min: 0, max: 16 }).map((k) => k / 16),
});

const lengthOf = (offset: ArrayLike<number>, norm: Norm): number => {
  const values = Array.from(offset, Math.abs);
  if (norm === 'linf') return Math.max(...values);
  const sum = values.reduce((total, v) => total + (norm === 'l2' ? v * v : v), 0);
  return norm === 'l2' ? Math.sqrt(sum) : sum;
};

it.each(['linf', 'l2', 'l1'] as const)(
  '%s: on the plane, in the box, and none is shorter',
  (norm) => {
    fc.assert(
      fc.property(fc.array(coordinate, { minLength: 1, maxLength: 12 }), (coordinates) => {
        const from = Float32Array.from(coordinates, (c) => c.from);
        const slope = Float32Array.from(coordinates, (c) => c.slope);
        const rival = coordinates.map((c) => c.rival - c.from);
        // The plane goes through the rival point, so that the rival's change reaches it.
        const gap = -rival.reduce((sum, v, i) => sum + v * (slope[i] as number), 0);
        const box = { low: from.map(() => 0), high: from.map(() => 1) };
        const offset = hyperplaneOffset(from, { slope, gap }, box, norm);
        const moved = offset.map((v, i) => v + (from[i] as number));
        expect(moved.every((v) => v >= -1e-12 && v <= 1 + 1e-12)).toBe(true);
        // Multiples of 1/16 with small slopes: everything but the shared step is exact in float64.
        const reached = offset.reduce((sum, v, i) => sum + v * (slope[i] as number), 0);
        expect(Math.abs(reached + gap)).toBeLessThan(1e-12);
        expect(lengthOf(offset, norm)).toBeLessThanOrEqual(lengthOf(rival, norm) + 1e-12);
      }),
      { numRuns: 1000 },
    );
  },
);

it.each(['linf', 'l2', 'l1'] as const)(
  '%s: goes to the corner where the box does not reach',
  (norm) => {
    const from = Float32Array.of(0.25, 0.5, 0.5);
    const box = { low: from.map(() => 0), high: from.map(() => 1) };
    const plane = { slope: Float32Array.of(1, -2, 0), gap: -100 };
    expect([...hyperplaneOffset(from, plane, box, norm)].map((v) => v + 0)).toEqual([
      0.75, -0.5, 0,
    ]);
  },
);
