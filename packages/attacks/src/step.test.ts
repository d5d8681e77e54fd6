import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeasibleSet } from './feasible.js';
import { fillAscent } from './step.js';

const size = 150;
const x = new Float32Array(size).fill(0.5);
const sets: Record<'linf' | 'l2' | 'l1', FeasibleSet> = {
  linf: {
    kind: 'box',
    x,
    low: new Float32Array(size),
    high: new Float32Array(size).fill(1),
    reach: new Float64Array(size).fill(0.25),
  },
  l2: { kind: 'ball', norm: 'l2', x, epsilon: 0.25, low: 0, high: 1 },
  l1: { kind: 'ball', norm: 'l1', x, epsilon: 0.25, low: 0, high: 1 },
};

const gradients = fc.float32Array({
  min: -8,
  max: 8,
  noNaN: true,
  minLength: size,
  maxLength: size,
});

function moves(
  norm: 'linf' | 'l2' | 'l1',
  gradient: Float32Array,
  from: Float32Array = x,
  step = 0.5,
): number[] {
  const point = from.slice();
  fillAscent(point, gradient, step, sets[norm]);
  return Array.from(point, (v, i) => v - (from[i] as number));
}

describe('fillAscent', () => {
  it('has the length of the step in the norm of the region and goes up; descending is its mirror', () => {
    fc.assert(
      fc.property(gradients, (gradient) => {
        fc.pre(gradient.some((g) => Math.abs(g) > 1e-3));
        const largest = (d: number[]): number => Math.max(...d.map(Math.abs));
        const lengths = {
          linf: largest,
          l2: (d: number[]) => Math.hypot(...d),
          l1: (d: number[]) => d.reduce((sum, v) => sum + Math.abs(v), 0),
        };
        for (const norm of ['linf', 'l2', 'l1'] as const) {
          const moved = moves(norm, gradient);
          // 150 coordinates near .5, each rounded to float32 with an error of at most 2^-25.
          expect(Math.abs(lengths[norm](moved) - 0.125)).toBeLessThan(5e-6);
          expect(moved.reduce((sum, d, i) => sum + d * (gradient[i] as number), 0)).toBeGreaterThan(
            0,
          );
          const down = moves(norm, gradient, x, -0.5);
          down.forEach((d, i) => {
            expect(Math.abs(d + (moved[i] as number))).toBeLessThan(1e-6);
          });
        }
      }),
    );
  });

  it('moves nothing where the gradient is zero', () => {
    for (const norm of ['linf', 'l2', 'l1'] as const) {
      expect(moves(norm, new Float32Array(size)).every((d) => d === 0)).toBe(true);
    }
  });

  it('l1: moves the two largest slopes that the bounds let move, the first of equal ones', () => {
    const gradient = new Float32Array(size).fill(1);
    gradient[7] = 5;
    gradient[9] = -4;
    const movedBy = (from: Float32Array): number[] =>
      moves('l1', gradient, from).flatMap((d, i) => (d === 0 ? [] : [i]));
    expect(movedBy(x)).toEqual([7, 9]);
    const stuck = x.slice();
    stuck[7] = 1;
    expect(movedBy(stuck)).toEqual([0, 9]);
    stuck[9] = 0;
    expect(movedBy(stuck)).toEqual([0, 1]);
  });
});
