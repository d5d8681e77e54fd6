import { describe, expect, it } from 'vitest';
import { float32Tensor, type Criterion } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { everyTarget } from './every-target.js';
import { hopSkipJump, type HopSkipJumpOptions } from './hop-skip-jump.js';
import { rays } from './rays.js';

/** Label 0 where the even values are brighter than the odd ones, 1 where they are darker, 2 where all are dark. */
const SIZE = 40;
const weights = [
  ...Array.from({ length: SIZE }, (_, i) => (i % 2 === 0 ? 1 : 0)),
  ...Array.from({ length: SIZE }, (_, i) => (i % 2 === 1 ? 1 : 0)),
  ...Array.from({ length: SIZE }, () => -10),
];
const classifier = linearClassifier([SIZE], weights, [0, 0, 20]);
const BRIGHT = new Float32Array(SIZE).fill(0.5).map((v, i) => (i % 2 === 0 ? v + 0.1 : v));
const DARK = new Float32Array(SIZE);
const x = float32Tensor([2, SIZE], [...BRIGHT, ...BRIGHT]);
const untargeted: Criterion = { kind: 'untargeted', labels: Int32Array.of(0, 0) };
const toDark: Criterion = {
  kind: 'targeted',
  labels: Int32Array.of(0, 0),
  targets: Int32Array.of(2, 2),
};
const region = { kind: 'ball', norm: 'l2', epsilon: 6 } as const;
const call = { seed: 0, images: Uint32Array.of(7, 8), batchSize: 64 };

const run = (options: HopSkipJumpOptions, criterion: Criterion) =>
  hopSkipJump({ queries: 800, firstLabels: 20, ...options }).run(
    classifier,
    x,
    criterion,
    region,
    call,
  );

describe('hopSkipJump', () => {
  it('finds the boundary from noise: |margin| over the l2 norm of the difference of weights', async () => {
    const { rows } = await run({}, untargeted);
    const exact = (0.1 * (SIZE / 2)) / Math.sqrt(SIZE);
    for (const { status, distance } of rows) {
      expect(status).toBe('success');
      expect(distance).toBeGreaterThanOrEqual(exact * (1 - 1e-6));
      expect(distance).toBeLessThan(exact * 1.1);
    }
  });

  it('reaches a target from an input of it, by image', async () => {
    const given = await run(
      { startsOf: ({ image, goal }) => (image === 8 && goal.target === 2 ? [BRIGHT, DARK] : []) },
      toDark,
    );
    const noise = await run({}, toDark);
    expect(given.rows[1]).toMatchObject({ status: 'success', predicted: 2 });
    expect(given.rows[0]).toEqual(noise.rows[0]);
  });

  it('goes on from noise where the given start is of no use', async () => {
    const useless = await run({ startsOf: () => [BRIGHT] }, untargeted);
    expect(useless.rows.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(useless.queries.forward).toBe(2 * 802);
  });

  it('asks of every target in turn, each from its own start', async () => {
    const asked = new Set<number | undefined>();
    const attack = everyTarget(
      hopSkipJump({
        queries: 60,
        firstLabels: 10,
        startsOf: ({ goal }) => {
          asked.add(goal.target);
          return [];
        },
      }),
    );
    const tiny = { ...region, epsilon: 1e-3 };
    await attack.run(classifier, x, untargeted, tiny, call);
    expect(asked).toEqual(new Set([1, 2]));
  });

  it('refuses starts of another size, linear criteria and empty budgets', async () => {
    await expect(run({ startsOf: () => [new Float32Array(3)] }, untargeted)).rejects.toThrow(
      'hopSkipJump: expected starts of 40 values, got 3 for image 7',
    );
    const linear: Criterion = { kind: 'linear', anyOf: [[{ weights: [1, 0, 0], bound: -1 }]] };
    await expect(run({}, linear)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(rays().run(classifier, x, linear, region, call)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    for (const queries of [0, 1.5, -3]) {
      expect(() => hopSkipJump({ queries })).toThrow('queries');
      expect(() => rays({ queries })).toThrow('queries');
    }
  });
});

describe('rays', () => {
  it('stops where turning any one sign is of no use', async () => {
    const halves = Array.from({ length: SIZE }, (_, i) => (i < SIZE / 2 ? 1 : -1));
    const { rows, queries } = await rays().run(
      linearClassifier([SIZE], [...halves, ...new Float32Array(SIZE)], [2, 0]),
      float32Tensor([1, SIZE], new Float32Array(SIZE).fill(0.5)),
      { kind: 'untargeted', labels: Int32Array.of(0) },
      { ...region, norm: 'linf', epsilon: 1 },
      { ...call, images: Uint32Array.of(7) },
    );
    // The first half darker and the second brighter by .05.
    expect(rows[0]).toMatchObject({ status: 'success', predicted: 1 });
    expect(rows[0]?.distance).toBeGreaterThanOrEqual(0.05 * (1 - 1e-6));
    expect(rows[0]?.distance).toBeLessThan(0.05 * (1 + 1e-5));
    expect(queries.forward).toBeLessThan(400);
  });
});
