import { float32Tensor, type Kernel } from '@floatpath/core';
import { expect, test } from 'vitest';
import { taughtBatches } from './batches.js';
import { rateFor } from './contest.js';

test('the rate is that of the best trained network, the smallest where none is as good as the one shipped', () => {
  const controls = { '0.001': 0.5, '0.0003': 0.4 };
  expect(rateFor({ plain: 0.45, controls })).toBe(0.001);
  expect(rateFor({ plain: 0.5, controls })).toBe(0.001);
  expect(rateFor({ plain: 0.51, controls })).toBe(0.0003);
});

test('one row in ten has no noise, every second is mirrored, targets are half label, half teacher', async () => {
  const images = float32Tensor(
    [20, 1, 2, 3],
    Float32Array.from({ length: 120 }, (_, i) => i),
  );
  const labels = new Int32Array(20).fill(1);
  const ids = Uint32Array.from({ length: 20 }, (_, i) => i);
  const seen: number[][] = [];
  const kernel = {
    run: ({ x }: Record<string, typeof images>) => {
      seen.push(Array.from(x?.data ?? []));
      // log 1, log 3: a softmax of 1/4 and 3/4.
      const y = float32Tensor(
        [20, 2],
        Float32Array.from({ length: 40 }, (_, i) => Math.log(1 + 2 * (i % 2))),
      );
      return Promise.resolve({ y });
    },
  } as unknown as Kernel;
  const { steps, at } = taughtBatches(
    { images, labels, ids },
    { kernel, input: 'x', output: 'y' },
    { batch: 20, epochs: 3, sigma: 0.5, seed: 0, mirrored: true },
  );
  expect(steps).toBe(3);
  const batch = await at(0);
  const clean = seen[0] ?? [];
  for (let row = 0; row < 20; row += 1) {
    const [shown, noisy] = [clean, Array.from(batch.images.data)].map((v) =>
      v.slice(6 * row, 6 * row + 6),
    );
    const [a = 0, b = 0] = shown ?? [];
    expect(b - a).toBe(row % 2 === 1 ? -1 : 1);
    if (row % 10 === 0) expect(noisy).toEqual(shown);
    else expect(noisy).not.toEqual(shown);
    expect(batch.target.data[2 * row]).toBeCloseTo(0.125, 6);
    expect(batch.target.data[2 * row + 1]).toBeCloseTo(0.875, 6);
  }
});
