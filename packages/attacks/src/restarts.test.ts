import { expect, it } from 'vitest';
import { float32Tensor } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { attackOf } from './attack.js';
import { attemptAt } from './attempt.js';
import { restarts } from './restarts.js';
import { ask } from './search.js';

/** Looks at one fixed point per restart; row 0 of x can be broken at restart 2 only. */
function lookingAt(seen: [image: number, restart: number][]) {
  return attackOf({
    name: 'looking',
    randomized: true,
    sees: 'logits',
    cost: () => ({ forward: 1, backward: 0 }),
    *search(problem) {
      seen.push([problem.image, problem.restart]);
      const point = problem.x.map((v) => v - ([0.02, 0.06, 0.1, 0.04][problem.restart] ?? 0));
      return attemptAt(problem, point, (yield* ask({ kind: 'logits', x: point })).logits);
    },
  });
}

it('runs on with the next restart until one succeeds, and keeps the best attempt', async () => {
  const seen: [number, number][] = [];
  const line = linearClassifier([1], [1, -1], [-0.5, 0.5]);
  const x = float32Tensor([2, 1], [0.58, 0.9]);
  const result = await restarts(lookingAt(seen), 4).run(
    line,
    x,
    { kind: 'untargeted', labels: Int32Array.of(0, 0) },
    { kind: 'ball', norm: 'linf', epsilon: 0.2 },
    { seed: 0, images: Uint32Array.of(8, 9), batchSize: 4 },
  );
  expect(seen.filter(([image]) => image === 8).map(([, restart]) => restart)).toEqual([0, 1, 2]);
  expect(seen.filter(([image]) => image === 9).map(([, restart]) => restart)).toEqual([0, 1, 2, 3]);
  expect(result.rows.map(({ status }) => status)).toEqual(['success', 'failed']);
  expect(Array.from(result.adversarial.data, (v) => v.toFixed(2))).toEqual(['0.48', '0.80']);
});
