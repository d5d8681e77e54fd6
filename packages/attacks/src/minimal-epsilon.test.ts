import { expect, it } from 'vitest';
import { float32Tensor, type Region } from '@floatpath/core';
import { classifierOf } from '../test/classifiers.js';
import { atEpsilons } from './at-epsilons.js';
import { fab } from './fab.js';
import { fgsm } from './fgsm.js';
import { minimalEpsilon } from './minimal-epsilon.js';
import { pgd } from './pgd.js';
import { restarts } from './restarts.js';

/**
 * A net of one input, piecewise linear: z_1 - z_0 = sum_k a_k max(0, x - b_k) + c. Its pieces are enumerated below, so
 * the nearest x with another label is known; the slope at every point tried leads to it.
 */
const pieces = [
  { slope: -6, from: 0 },
  { slope: 4, from: 0.35 },
  { slope: 5, from: 0.5 },
  { slope: 4, from: 0.7 },
];
const offset = 1.2;
const margin = (x: number): number =>
  pieces.reduce((sum, { slope, from }) => sum + slope * Math.max(0, x - from), offset);
const slopeAt = (x: number): number =>
  pieces.reduce((sum, { slope, from }) => sum + (x > from ? slope : 0), 0);
const net = classifierOf([1], 2, {
  logits: ([x = 0]) => Float64Array.of(0, margin(x)),
  gradient: ([x = 0], c) => Float64Array.of((c[1] as number) * slopeAt(x)),
});

/** Every zero of the margin: one per linear piece at most. */
function boundaries(): number[] {
  const knots = [...pieces.map(({ from }) => from), 1];
  return knots.slice(0, -1).flatMap((from, k) => {
    const to = knots[k + 1] as number;
    const slope = slopeAt((from + to) / 2);
    const zero = from - margin(from) / slope;
    return zero >= from && zero <= to ? [zero] : [];
  });
}

const points = [0.02, 0.1, 0.3, 0.4, 0.55, 0.7, 0.75, 0.9];
const x = float32Tensor([points.length, 1], points);
const labels = Int32Array.from(points, (p) => (margin(p) > 0 ? 1 : 0));
const criterion = { kind: 'untargeted', labels } as const;
const options = { seed: 0, images: Uint32Array.from(points.keys()), batchSize: 4 };
const smallest = points.map((p) => Math.min(...boundaries().map((b) => Math.abs(b - p))));

it.each([
  // Bisections leave 2^-12 of a distance below 1; steps of the search end where the label flips, within a step of the last ball.
  { attack: minimalEpsilon(restarts(pgd({ steps: 20, objective: 'margin' }), 5), { steps: 12 }) },
  { attack: fab() },
])(
  '$attack.name finds the nearest boundary of a net whose pieces are enumerated',
  async ({ attack }) => {
    const region: Region = { kind: 'ball', norm: 'l2', epsilon: 0.9 };
    const { rows } = await attack.run(net, x, criterion, region, options);
    rows.forEach(({ status, distance }, row) => {
      expect(status).toBe('success');
      const least = smallest[row] as number;
      expect(distance).toBeGreaterThan(least - 1e-6);
      expect(distance).toBeLessThan(least * 1.01 + 1e-4);
    });
  },
);

it('shrinks a box about x', async () => {
  const box = (d: number): Region => ({
    kind: 'box',
    low: float32Tensor(
      x.shape,
      x.data.map((v) => Math.max(0, v - d)),
    ),
    high: float32Tensor(
      x.shape,
      x.data.map((v) => Math.min(1, v + d)),
    ),
  });
  const attack = minimalEpsilon(restarts(pgd({ steps: 20, objective: 'margin' }), 5), {
    steps: 12,
  });
  const { rows } = await attack.run(net, x, criterion, box(0.5), options);
  rows.forEach(({ distance }, row) => {
    expect(distance).toBeGreaterThan((smallest[row] as number) - 1e-6);
  });
  expect(rows.every(({ status }) => status === 'success')).toBe(true);
  expect(rows[3]?.distance).toBeLessThan((smallest[3] as number) * 1.01 + 1e-4);
});

it('several radii in one call are broken monotonically, and as each alone', async () => {
  const radii = [0.1, 0.02, 0.3];
  const attack = fgsm({ objective: 'margin' });
  const results = await atEpsilons(attack, net, x, criterion, { norm: 'linf', radii }, options);
  const broken = results.map(({ rows }) =>
    rows.flatMap(({ status }, row) => (status === 'success' ? [row] : [])),
  );
  for (const [k, epsilon] of radii.entries()) {
    const alone = await attack.run(
      net,
      x,
      criterion,
      { kind: 'ball', norm: 'linf', epsilon },
      options,
    );
    alone.rows.forEach(({ status }, row) => {
      if (status === 'success') expect(broken[k]).toContain(row);
    });
    results[k]?.rows.forEach(({ distance }) => {
      expect(distance).toBeLessThanOrEqual(epsilon);
    });
  }
  for (const row of broken[1] ?? []) expect(broken[0]).toContain(row);
  for (const row of broken[0] ?? []) expect(broken[2]).toContain(row);
  expect(broken[1]?.length).toBeLessThan(broken[2]?.length ?? 0);
});

it('refuses meaningless settings', async () => {
  expect(() => minimalEpsilon(fgsm(), { steps: 0 })).toThrow('minimalEpsilon: expected steps');
  const twice = { norm: 'linf', radii: [0.1, 0.1] } as const;
  await expect(atEpsilons(fgsm(), net, x, criterion, twice, options)).rejects.toThrow(
    'different radii',
  );
});
