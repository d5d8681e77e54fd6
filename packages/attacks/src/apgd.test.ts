import { expect, it } from 'vitest';
import { float32Tensor, type Classifier, type Region } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { apgd } from './apgd.js';
import { apgdTargeted } from './apgd-targeted.js';

const ball: Region = { kind: 'ball', norm: 'linf', epsilon: 0.2 };
const one = { seed: 0, images: Uint32Array.of(0), batchSize: 8 };
const wrong = { kind: 'untargeted', labels: Int32Array.of(0) } as const;

/** Class 2 is the runner-up everywhere and cannot win; class 1 can, where x0 falls below .35. */
const decoy = linearClassifier([2], [1, 0, 0, 0, 1, 0, 0, 0], [0, 0.35, -0.01, -1]);

it('goes for every class, not only for the runner-up', async () => {
  const x = float32Tensor([1, 2], [0.5, 0.5]);
  const run = (targets: number) =>
    apgdTargeted({ targets, iterations: 10 }).run(decoy, x, wrong, ball, one);
  expect((await run(1)).queries.backward).toBeLessThan((await run(2)).queries.backward);
  expect((await run(2)).rows[0]).toMatchObject({ status: 'success', predicted: 1 });
});

it('averages gradients that are right on average only', async () => {
  const line = linearClassifier([1], [1, -1], [-0.5, 0.5]);
  let calls = 0;
  // Of every four answers one is four and a half times as large and points away.
  const moody: Classifier = {
    ...line,
    gradient: async (x, objective) => {
      const answer = await line.gradient(x, objective);
      calls += 1;
      const factor = calls % 4 === 0 ? -2 : 1;
      return {
        ...answer,
        gradient: { ...answer.gradient, data: answer.gradient.data.map((v) => v * factor) },
      };
    },
  };
  const x = float32Tensor([1, 1], [0.65]);
  const attack = apgd({ eotIterations: 4, objective: 'margin', iterations: 5 });
  const result = await attack.run(moody, x, wrong, ball, one);
  expect(result.rows[0]?.status).toBe('success');
  expect(result.queries.backward % 4).toBe(0);
});

it('reports a zero gradient of saturated softmax, which DLR does not have', async () => {
  const steep = linearClassifier([3], [9000, 0, 0, 0, 9000, 0, 0, 0, 9000], [0, 0, 0]);
  const x = float32Tensor([1, 3], [0.9, 0.6, 0.1]);
  const run = (objective: 'cross-entropy' | 'dlr') =>
    apgd({ objective, iterations: 10 }).run(steep, x, wrong, { ...ball, epsilon: 0.155 }, one);
  const saturated = await run('cross-entropy');
  expect(saturated.rows[0]?.status).toBe('failed');
  expect(saturated.warnings).toMatchObject([{ code: 'zero-gradient', rows: [0] }]);
  const scaled = await run('dlr');
  expect(scaled.rows[0]?.status).toBe('success');
  expect(scaled.warnings).toEqual([]);
});

it('refuses meaningless settings', () => {
  expect(() => apgd({ iterations: 0 })).toThrow('apgd: expected iterations');
  expect(() => apgd({ eotIterations: 1.5 })).toThrow('apgd: expected eotIterations');
  expect(() => apgdTargeted({ targets: -1 })).toThrow('apgdTargeted: expected targets');
});
