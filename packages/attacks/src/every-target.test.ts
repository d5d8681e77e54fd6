import { expect, it } from 'vitest';
import { float32Tensor } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { everyTarget } from './every-target.js';
import { attackOf } from './attack.js';
import { pgd } from './pgd.js';

const region = { kind: 'ball', norm: 'linf', epsilon: 0.2 } as const;
const options = { seed: 0, images: Uint32Array.of(0), batchSize: 4 };
/** Logits .5, x and x - .1 at x: of three classes 0 wins below .5, 1 above. */
const steps = linearClassifier([1], [0, 1, 1], [0.5, 0, -0.1]);

it('goes on to the next class, best first, until one is reached', async () => {
  const seen: (number | undefined)[] = [];
  const watched = (reach: number) => {
    const { spec } = pgd({ steps: 10, objective: 'margin' });
    return attackOf({
      ...spec,
      *search(problem) {
        const target = problem.goal.kind === 'label' ? problem.goal.target : undefined;
        seen.push(target);
        const attempt = yield* spec.search(problem);
        return target === reach ? attempt : { ...attempt, x: problem.x, found: false };
      },
    });
  };
  const x = float32Tensor([1, 1], [0.4]);
  const criterion = { kind: 'untargeted', labels: Int32Array.of(0) } as const;
  const first = await everyTarget(watched(1)).run(steps, x, criterion, region, options);
  expect(first.rows[0]).toMatchObject({ status: 'success', predicted: 1 });
  expect(seen.splice(0)).toEqual([1]);
  // Going for class 2 climbs as well, and class 1 wins there: a wrong label is a success.
  const second = await everyTarget(watched(2)).run(steps, x, criterion, region, options);
  expect(second.rows[0]).toMatchObject({ status: 'success', predicted: 1 });
  expect(seen.splice(0)).toEqual([1, 2]);
  const none = await everyTarget(watched(9)).run(steps, x, criterion, region, options);
  expect(none.rows[0]?.status).toBe('failed');
  expect(seen.splice(0)).toEqual([1, 2]);
});

it('goes for the target of a targeted criterion alone', async () => {
  const x = float32Tensor([1, 1], [0.4]);
  const targeted = {
    kind: 'targeted',
    labels: Int32Array.of(0),
    targets: Int32Array.of(2),
  } as const;
  const attack = everyTarget(pgd({ steps: 10, objective: 'margin' }));
  const { rows } = await attack.run(steps, x, targeted, region, options);
  // Class 2 wins nowhere.
  expect(rows[0]?.status).toBe('failed');
});
