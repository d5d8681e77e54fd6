import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distance } from './distance.js';
import type { FeasibleSet } from './feasible.js';
import { fillProjection } from './project.js';

const rows = fc.integer({ min: 1, max: 40 }).chain((size) =>
  fc.record({
    x: fc.float32Array({ min: 0, max: 1, noNaN: true, minLength: size, maxLength: size }),
    point: fc.float32Array({ min: -3, max: 4, noNaN: true, minLength: size, maxLength: size }),
    epsilon: fc.constantFrom(0, 1e-30, 1e-9, 6e-8, 0.01, 0.1, 1, 5),
  }),
);

const ball = (norm: 'l2' | 'l1', x: Float32Array, epsilon: number): FeasibleSet => ({
  kind: 'ball',
  norm,
  x,
  epsilon,
  low: 0,
  high: 1,
});

it.each(['l2', 'l1'] as const)('%s: strictly inside, and again the same point', (norm) => {
  fc.assert(
    fc.property(rows, ({ x, point, epsilon }) => {
      const set = ball(norm, x, epsilon);
      const first = point.slice();
      fillProjection(first, set);
      expect(distance(first, x, norm)).toBeLessThanOrEqual(epsilon);
      expect(first.every((v) => v >= 0 && v <= 1)).toBe(true);
      const second = first.slice();
      fillProjection(second, set);
      expect(second).toEqual(first);
    }),
    { numRuns: 500 },
  );
});

it('l2: uses the whole radius when the point is outside', () => {
  fc.assert(
    fc.property(rows, ({ x, point, epsilon }) => {
      const inBounds = point.map((v) => Math.min(1, Math.max(0, v)));
      fc.pre(epsilon >= 0.01 && distance(inBounds, x, 'l2') > epsilon);
      fillProjection(point, ball('l2', x, epsilon));
      // Each of at most 40 coordinates is rounded by less than one ulp (2^-24 below 1): sqrt(40) 2^-24 < 4e-7.
      expect(distance(point, x, 'l2')).toBeGreaterThan(epsilon - 4e-7);
    }),
  );
});

it('l1: no point of ball and bounds is nearer, by the variational inequality', () => {
  fc.assert(
    fc.property(rows, rows, ({ x, point, epsilon }, { point: other }) => {
      fc.pre(epsilon >= 0.01 && other.length >= x.length);
      const set = ball('l1', x, epsilon);
      const projected = point.slice();
      fillProjection(projected, set);
      const rival = other.slice(0, x.length);
      fillProjection(rival, set);
      // p projects d iff <d - p, q - p> <= 0 for every q of the set; p is rounded by less than one ulp (2^-24) in each of
      // at most 40 coordinates, against differences of at most 4 and 1.
      const inner = point.reduce(
        (sum, d, i) =>
          sum + (d - (projected[i] as number)) * ((rival[i] as number) - (projected[i] as number)),
        0,
      );
      expect(inner).toBeLessThan(40 * 5 * 2 ** -23);
    }),
    { numRuns: 500 },
  );
});

it('l1: of a point in the bounds, by the optimality condition of the ball', () => {
  fc.assert(
    fc.property(rows, ({ x, point, epsilon }) => {
      const inBounds = point.map((v) => Math.min(1, Math.max(0, v)));
      fc.pre(epsilon >= 0.01 && distance(inBounds, x, 'l1') > epsilon);
      const projected = inBounds.slice();
      fillProjection(projected, ball('l1', x, epsilon));
      // p projects d onto the l1 ball iff <d - p, p> = epsilon ||d - p||_inf (the normal cone of the ball at p);
      // float32 rounding of at most 40 coordinates moves either side by less than 1e-5.
      const rest = Array.from(inBounds, (v, i) => v - (projected[i] as number));
      const inner = rest.reduce(
        (sum, r, i) => sum + r * ((projected[i] as number) - (x[i] as number)),
        0,
      );
      const largest = Math.max(...rest.map(Math.abs));
      expect(Math.abs(inner - epsilon * largest)).toBeLessThan(1e-5);
    }),
  );
});
