import { expect, it } from 'vitest';
import { float32Tensor, type Criterion } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { eotPgd } from './eot-pgd.js';
import { fgsm } from './fgsm.js';
import { pgd } from './pgd.js';
import { restarts } from './restarts.js';
import { worstOf } from './worst-of.js';

/** The logits are the inputs. */
const identity = linearClassifier([2], [1, 0, 0, 1], [0, 0]);

/** z0 <= .2 and z1 >= .7, or z0 >= .95. */
const corners: Criterion = {
  kind: 'linear',
  anyOf: [
    [
      { weights: [1, 0], bound: 0.2 },
      { weights: [0, -1], bound: -0.7 },
    ],
    [{ weights: [-1, 0], bound: -0.95 }],
  ],
};

it.each(
  [fgsm(), pgd({ steps: 20, randomStart: false }), restarts(pgd({ steps: 20 }), 2)].map((attack) =>
    worstOf(attack),
  ),
)('$name finds a point of the unsafe set iff the box holds one', async (attack) => {
  // Rows: in the set already; .05 below the second conjunction; .1 and .1 from the first; .2 from either.
  const x = float32Tensor([4, 2], [0.1, 0.8, 0.9, 0.3, 0.3, 0.6, 0.4, 0.5]);
  const run = (epsilon: number) =>
    attack.run(
      identity,
      x,
      corners,
      { kind: 'ball', norm: 'linf', epsilon },
      { seed: 0, images: Uint32Array.of(0, 1, 2, 3), batchSize: 4 },
    );
  const at = async (epsilon: number) => (await run(epsilon)).rows.map(({ status }) => status);
  expect(await at(0.01)).toEqual(['success', 'failed', 'failed', 'failed']);
  expect(await at(0.06)).toEqual(['success', 'success', 'failed', 'failed']);
  expect((await run(0.01)).rows[0]?.distance).toBe(0);
  if (attack.name.includes('pgd')) {
    expect(await at(0.11)).toEqual(['success', 'success', 'success', 'failed']);
    expect(await at(0.21)).toEqual(['success', 'success', 'success', 'success']);
  }
});

it('attacks of labels say that they need labels', async () => {
  const attack = eotPgd({ sigma: 0.1, draws: 2, steps: 2 });
  const run = attack.run(
    identity,
    float32Tensor([1, 2], [0.5, 0.5]),
    corners,
    { kind: 'ball', norm: 'l2', epsilon: 0.1 },
    { seed: 0, images: Uint32Array.of(0), batchSize: 4 },
  );
  await expect(run).rejects.toThrow('eotPgd: expected a criterion of labels');
});

it.each([
  { anyOf: [] },
  { anyOf: [[]] },
  { anyOf: [[{ weights: [1], bound: 0 }]] },
  { anyOf: [[{ weights: [1, NaN], bound: 0 }]] },
])('refuses $anyOf', async ({ anyOf }) => {
  const run = fgsm().run(
    identity,
    float32Tensor([1, 2], [0.5, 0.5]),
    { kind: 'linear', anyOf },
    { kind: 'ball', norm: 'l2', epsilon: 0.1 },
    { seed: 0, images: Uint32Array.of(0), batchSize: 4 },
  );
  await expect(run).rejects.toMatchObject({ code: 'invalid-argument' });
});
