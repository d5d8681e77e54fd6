import { expect, it } from 'vitest';
import { float32Tensor, type AttackOptions } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { attackOf } from './attack.js';
import { fgsm } from './fgsm.js';
import { pgd } from './pgd.js';
import { presets } from './presets.js';
import { restarts } from './restarts.js';

const optionsFor = (rows: number): AttackOptions => ({
  seed: 0,
  images: Uint32Array.from({ length: rows }, (_, i) => i),
  batchSize: 16,
});

it.each(['cross-entropy', 'margin', 'dlr'] as const)(
  'reaches a target, by %s',
  async (objective) => {
    // Class 1 is the target, class 2 the nearer wrong one; x moves only along the gradient.
    const classifier = linearClassifier([2], [1, 0, 0, 1, 1, -1, -1, -1], [0, 0, 0.3, 0]);
    const x = float32Tensor([1, 2], [0.6, 0.4]);
    const criterion = {
      kind: 'targeted',
      labels: Int32Array.of(0),
      targets: Int32Array.of(1),
    } as const;
    const region = { kind: 'ball', norm: 'linf', epsilon: 0.15 } as const;
    const attack = pgd({ steps: 20, objective, randomStart: false });
    const result = await attack.run(classifier, x, criterion, region, optionsFor(1));
    expect(result.rows[0]).toMatchObject({ status: 'success', predicted: 1 });
  },
);

it('another restart starts elsewhere, the same one at the same place', async () => {
  const flat = linearClassifier([4], [1e-3, 0, 0, 0, 0, 0, 0, 0], [1, 0]);
  const started = async (restart: number): Promise<Float32Array> => {
    const { spec } = pgd({ steps: 1, objective: 'margin' });
    const seen: Float32Array[] = [];
    const watched: typeof flat = {
      ...flat,
      gradient: (batch, objective) => {
        seen.push(batch.data.slice());
        return flat.gradient(batch, objective);
      },
    };
    const attack = attackOf({
      ...spec,
      search: (problem) => spec.search({ ...problem, restart }),
    });
    await attack.run(
      watched,
      float32Tensor([1, 4], new Float32Array(4).fill(0.5)),
      { kind: 'untargeted', labels: Int32Array.of(0) },
      { kind: 'ball', norm: 'l2', epsilon: 0.3 },
      optionsFor(1),
    );
    return seen[0] as Float32Array;
  };
  expect(await started(1)).toEqual(await started(1));
  expect(await started(1)).not.toEqual(await started(0));
});

it('reports rows of saturated softmax as zero gradients, which the margin does not have', async () => {
  const classifier = linearClassifier([2], [9000, 0, 0, 9000], [0, 0]);
  const x = float32Tensor([2, 2], [0.9, 0.1, 0.5, 0.49]);
  const criterion = { kind: 'untargeted', labels: Int32Array.of(0, 0) } as const;
  const region = { kind: 'ball', norm: 'linf', epsilon: 0.05 } as const;
  const run = (objective: 'cross-entropy' | 'margin', epsilon: number) =>
    pgd({ steps: 5, objective, randomStart: false }).run(
      classifier,
      x,
      criterion,
      { ...region, epsilon },
      optionsFor(2),
    );
  const saturated = await run('cross-entropy', 0.05);
  expect(saturated.warnings).toMatchObject([{ code: 'zero-gradient', rows: [0] }]);
  expect(saturated.rows.map(({ status }) => status)).toEqual(['failed', 'success']);
  const margin = await run('margin', 0.45);
  expect(margin.warnings).toEqual([]);
  expect(margin.rows.map(({ status }) => status)).toEqual(['success', 'success']);
});

it('asks for no more once a row is broken, and fills batches with the rows that are left', async () => {
  // Row i is (i + 1/2) / 80 from the boundary: at epsilon .2 the first 16 of 40 rows can be broken.
  const line = linearClassifier([1], [1, -1], [-0.5, 0.5]);
  const x = float32Tensor(
    [40, 1],
    Array.from({ length: 40 }, (_, i) => 0.5 + (i + 0.5) / 80),
  );
  const sizes: number[] = [];
  const watched: typeof line = {
    ...line,
    gradient: (batch, objective) => {
      sizes.push(batch.shape[0] ?? 0);
      return line.gradient(batch, objective);
    },
  };
  const region = { kind: 'ball', norm: 'linf', epsilon: 0.2 } as const;
  const criterion = { kind: 'untargeted', labels: new Int32Array(40) } as const;
  const attack = restarts(pgd({ steps: 10, objective: 'margin' }), 3);
  const result = await attack.run(watched, x, criterion, region, optionsFor(40));
  expect(result.rows.map(({ status }) => status)).toEqual(
    Array.from({ length: 40 }, (_, i) => (i < 16 ? 'success' : 'failed')),
  );
  expect(result.queries.backward).toBe(sizes.reduce((a, b) => a + b, 0));
  // The 24 others use all 3 x 10 gradients; a broken row needs at most the 8 quarter steps across the ball.
  expect(result.queries.backward).toBeGreaterThanOrEqual(24 * 30);
  expect(result.queries.backward).toBeLessThanOrEqual(24 * 30 + 16 * 9);
  expect(sizes.filter((size) => size < 16).length).toBeLessThan(sizes.length / 2);
});

it('the presets are options of pgd', () => {
  expect(pgd(presets.foolboxPgd40.options).name).toMatch(/^pgd\(40 steps, relative step 0.0333/);
  expect(pgd(presets.torchattacksPgd10.options).name).toMatch(
    /^pgd\(10 steps, relative step 0.25,/,
  );
});

it('refuses meaningless settings', () => {
  expect(() => pgd({ steps: 0 })).toThrow(/expected steps/);
  expect(() => pgd({ steps: 5, relativeStep: -1 })).toThrow(/expected relativeStep/);
  expect(() => restarts(pgd({ steps: 5 }), 0)).toThrow(/expected count/);
  expect(() => restarts(fgsm(), 2)).toThrow(/random start/);
});
