import { describe, expect, it } from 'vitest';
import { distance } from './distance.js';
import type { FeasibleSet } from './feasible.js';
import { fillStart } from './starts.js';

const SIZE = 3;
const DRAWS = 4000;
const x = new Float32Array(SIZE).fill(0.5);
const epsilon = 0.25;

const sets: Record<'linf' | 'l2' | 'l1', FeasibleSet> = {
  linf: {
    kind: 'box',
    x,
    low: new Float32Array(SIZE).fill(0.25),
    high: new Float32Array(SIZE).fill(0.75),
    reach: new Float64Array(SIZE).fill(epsilon),
  },
  l2: { kind: 'ball', norm: 'l2', x, epsilon, low: 0, high: 1 },
  l1: { kind: 'ball', norm: 'l1', x, epsilon, low: 0, high: 1 },
};

/** Fixed seed: the bits never change, so these thresholds cannot flake. */
const starts = (set: FeasibleSet): Float32Array[] =>
  Array.from({ length: DRAWS }, (_, draw) => {
    const point = new Float32Array(SIZE);
    fillStart(point, set, { seed: 11, purpose: 'attack', image: 5, draw, lane: 1 });
    return point;
  });

describe.each(['linf', 'l2', 'l1'] as const)('%s', (norm) => {
  const points = starts(sets[norm]);

  it('is uniform in the ball: (radius / epsilon)^dimension is uniform on [0, 1]', () => {
    const volumes = points
      .map((p) => (distance(p, x, norm) / epsilon) ** SIZE)
      .sort((a, b) => a - b);
    const gap = Math.max(...volumes.map((v, i) => Math.abs(v - (i + 0.5) / DRAWS)));
    // Kolmogorov: a gap above 2.2 / sqrt(m) has probability 2 exp(-2 * 2.2^2) = 1.3e-4.
    expect(gap).toBeLessThan(2.2 / Math.sqrt(DRAWS));
  });

  it('favors no coordinate and no sign', () => {
    for (let i = 0; i < SIZE; i += 1) {
      const offsets = points.map((p) => (p[i] as number) - 0.5);
      // The deviation of an offset is at most epsilon / sqrt(3); four standard errors.
      const error = (4 * epsilon) / Math.sqrt(3 * DRAWS);
      expect(Math.abs(offsets.reduce((a, b) => a + b, 0) / DRAWS)).toBeLessThan(error);
    }
  });
});
