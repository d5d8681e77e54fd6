import { describe, expect, it } from 'vitest';
import {
  float32Tensor,
  type Attack,
  type AttackOptions,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Region,
} from '@floatpath/core';
import { linearClassifier, randomMlp } from '../test/classifiers.js';
import { eotPgd } from './eot-pgd.js';
import { fgsm } from './fgsm.js';
import { pgd } from './pgd.js';
import { worstOf } from './worst-of.js';

interface Call {
  readonly classifier: Classifier;
  readonly x: Float32Tensor;
  readonly criterion: Criterion;
  readonly region: Region;
  readonly options: AttackOptions;
}

const good: Call = {
  classifier: randomMlp(1, [3], 3),
  x: float32Tensor([2, 3], [0, 0.5, 1, 0.2, 0.3, 0.4]),
  criterion: { kind: 'untargeted', labels: Int32Array.of(0, 1) },
  region: { kind: 'ball', norm: 'linf', epsilon: 0.1 },
  options: { seed: 0, images: Uint32Array.of(0, 1), batchSize: 8 },
};

const attacks = [fgsm(), worstOf(pgd({ steps: 2 })), eotPgd({ sigma: 0.1, draws: 2, steps: 2 })];

describe.each(attacks)('$name', (attack) => {
  const run = (change: Partial<Call>) => {
    const { classifier, x, criterion, region, options } = { ...good, ...change };
    return attack.run(classifier, x, criterion, region, options);
  };
  const ball = (norm: 'linf' | 'l2' | 'l1', epsilon: number): Partial<Call> => ({
    region: { kind: 'ball', norm, epsilon },
  });
  const untargeted = (...labels: number[]): Partial<Call> => ({
    criterion: { kind: 'untargeted', labels: Int32Array.from(labels) },
  });
  const targeted = (...targets: number[]): Partial<Call> => ({
    criterion: { kind: 'targeted', labels: Int32Array.of(0, 1), targets: Int32Array.from(targets) },
  });
  const box = (low: number, high: number): Partial<Call> => ({
    region: {
      kind: 'box',
      low: float32Tensor([2, 3], new Float32Array(6).fill(low)),
      high: float32Tensor([2, 3], new Float32Array(6).fill(high)),
    },
  });
  const pixel = (value: number): Partial<Call> => ({
    x: float32Tensor([2, 3], [0, 0, 0, 0, value, 0]),
  });

  it.each([
    ['a negative epsilon', ball('linf', -0.1), 'invalid-argument', /epsilon a finite number >= 0/],
    ['a NaN epsilon', ball('l2', NaN), 'invalid-argument', /epsilon a finite number >= 0/],
    ['epsilon in 0..255 units', ball('linf', 8), 'invalid-argument', /8\/255 rather than 8/],
    ['a label outside the classes', untargeted(0, 3), 'invalid-argument', /got 3 at row 1/],
    ['too few labels', untargeted(0), 'shape-mismatch', /expected 2 labels/],
    ['a target outside the classes', targeted(1, -1), 'invalid-argument', /targets in \[0, 3\)/],
    ['a target that is the label', targeted(1, 1), 'invalid-argument', /at row 1/],
    ['too few targets', targeted(1), 'shape-mismatch', /expected 2 targets/],
    ['a wrong shape', { x: float32Tensor([2, 1, 3]) }, 'shape-mismatch', /\[rows, 3\]/],
    ['a NaN pixel', pixel(NaN), 'invalid-data', /got NaN at row 1/],
    ['a normalized input', pixel(-0.42), 'invalid-data', /before normalization/],
    ['x outside its box', box(0.1, 0.9), 'invalid-data', /inside the box/],
    [
      'too few image ids',
      { options: { ...good.options, images: Uint32Array.of(1) } },
      'shape-mismatch',
      /expected 2 image ids/,
    ],
    [
      'a batch size of 0',
      { options: { ...good.options, batchSize: 0 } },
      'invalid-argument',
      /batchSize a positive integer/,
    ],
  ])('refuses %s', async (_, change, code, message) => {
    await expect(run(change as Partial<Call>)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a classifier without gradient, and says what to do', async () => {
    const { gradient: _, ...blind } = randomMlp(1, [3], 3);
    const z = blind.logitsNow(good.x).data;
    const labels = [z.slice(0, 3), z.slice(3)].map((row) => row.indexOf(Math.max(...row)));
    await expect(run({ classifier: blind, ...untargeted(...labels) })).rejects.toMatchObject({
      code: 'no-gradient',
    });
  });

  it('ends the search of a row that meets NaN, and of no other', async () => {
    const mlp = linearClassifier([3], new Float32Array(9), [1, 0.5, 0]);
    const sick = (part: 'logits' | 'gradient'): Classifier => ({
      ...mlp,
      gradient: async (x, objective) => {
        const answer = await mlp.gradient(x, objective);
        // Row 0 is the one whose second input is at least .4.
        const rows = Array.from({ length: x.shape[0] ?? 0 }, (_, row) => row);
        const ill = rows.filter((row) => (x.data[3 * row + 1] as number) > 0.37);
        for (const row of ill) answer[part].data[3 * row] = NaN;
        return answer;
      },
    });
    for (const part of ['logits', 'gradient'] as const) {
      const region = { kind: 'ball', norm: 'linf', epsilon: 0.02 } as const;
      const result = await run({ classifier: sick(part), region, ...untargeted(0, 0) });
      expect(result.rows.map(({ status }) => status)).toEqual(['failed', 'failed']);
      expect(result.warnings.find(({ code }) => code === 'not-finite')?.rows).toEqual([0]);
    }
  });

  it('stops at a model that answers the input itself with NaN', async () => {
    const mlp = linearClassifier([3], new Float32Array(9), [NaN, 0.5, 0]);
    await expect(run({ classifier: mlp, ...untargeted(1, 1) })).rejects.toMatchObject({
      code: 'not-finite',
    });
  });

  it('takes no rows', async () => {
    const result = await run({
      x: float32Tensor([0, 3]),
      ...untargeted(),
      options: { ...good.options, images: new Uint32Array(0) },
    });
    expect(result).toMatchObject({ rows: [], queries: { forward: 0, backward: 0 }, warnings: [] });
    expect(result.adversarial.shape).toEqual([0, 3]);
  });

  it('tries nothing against one class, and says so', async () => {
    const result = await run({
      classifier: linearClassifier([3], [1, 1, 1], [0]),
      ...untargeted(0, 0),
    });
    expect(result.rows.map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(result.warnings).toMatchObject([{ code: 'few-classes' }]);
  });

  it('leaves rows alone that are wrong already', async () => {
    const result = await run({
      classifier: linearClassifier([3], new Float32Array(9), [0, 0, 1]),
      ...untargeted(0, 1),
    });
    expect(result.adversarial).toEqual(good.x);
    expect(result.rows[1]).toEqual({ status: 'already-wrong', predicted: 2, distance: 0 });
  });

  it('stops between batches with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let calls = 0;
    const mlp = randomMlp(1, [3], 3);
    const classifier: Classifier = {
      ...mlp,
      logits: (x) => {
        calls += 1;
        controller.abort(reason);
        return mlp.logits(x);
      },
    };
    const options = { ...good.options, batchSize: 1, signal: controller.signal };
    await expect(run({ classifier, options })).rejects.toBe(reason);
    expect(calls).toBe(1);
  });

  it('reports progress, the last time with everything done', async () => {
    const seen: number[][] = [];
    const options: AttackOptions = {
      ...good.options,
      batchSize: 1,
      onProgress: ({ done, total }) => seen.push([done, total]),
    };
    await run({ options });
    expect(seen.at(-1)).toEqual([2, 2]);
    expect(seen.length).toBeGreaterThan(1);
  });
});

it('says so when a row is wrong in the search and right when asked again', async () => {
  const honest = linearClassifier([3], new Float32Array(9), [1, 0, 0]);
  const moody: Classifier = {
    ...honest,
    gradient: async (x, objective) => {
      const answer = await honest.gradient(x, objective);
      answer.logits.data.reverse();
      return answer;
    },
  };
  const { region, options, x } = good;
  const criterion = { kind: 'untargeted', labels: Int32Array.of(0, 0) } as const;
  const result = await fgsm().run(moody, x, criterion, region, options);
  expect(result.rows.map(({ status }) => status)).toEqual(['failed', 'failed']);
  expect(result.warnings).toMatchObject([{ code: 'randomized-output', rows: [0, 1] }]);
});

it('worstOf shows later attacks the survivors only, under their own image ids', async () => {
  const classifier = linearClassifier([1], [1, -1], [-0.5, 0.5]);
  const seen: number[][] = [];
  const spy = {
    ...fgsm(),
    run: (...call: Parameters<Attack['run']>) => {
      seen.push([...call[4].images]);
      return fgsm().run(...call);
    },
  };
  const x = float32Tensor([3, 1], [0.55, 0.9, 0.2]);
  const result = await worstOf(fgsm(), spy).run(
    classifier,
    x,
    { kind: 'untargeted', labels: Int32Array.of(0, 0, 0) },
    { kind: 'ball', norm: 'linf', epsilon: 0.1 },
    { seed: 0, images: Uint32Array.of(10, 20, 30), batchSize: 4 },
  );
  expect(seen).toEqual([[20]]);
  expect(result.rows.map(({ status }) => status)).toEqual(['success', 'failed', 'already-wrong']);
  expect(() => worstOf()).toThrow(/at least one attack/);
});
