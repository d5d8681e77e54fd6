import { describe, expect, it } from 'vitest';
import { type Classifier, type NoiseRows } from '@floatpath/core';
import { float32Tensor } from '@floatpath/core';
import { countingClassifier, input, linearClassifier } from '../test/linear-classifier.js';
import { countDraws } from './count.js';
import { labelCounter } from './counter.js';
import { gaussian } from './noise/gaussian.js';
import type { Noise } from './noise/noise.js';

const options = { weights: [[1], [-1]], biases: [0, 0] };
const classifier = linearClassifier(options);
const noiseOf = (...values: number[]): NoiseRows => ({
  arithmetic: 'float',
  rows: values.length,
  values: Float32Array.from(values),
});

describe('labelCounter', () => {
  it('counts several classifiers on the same rows', async () => {
    const counter = labelCounter([
      { name: 'plain', classifier },
      { name: 'shifted', classifier: linearClassifier({ ...options, biases: [-1, 0] }) },
    ]);
    expect(counter.names).toEqual(['plain', 'shifted']);
    const counts = await counter.countLabels(input(0), noiseOf(-1, 0.25, 0.75, 2));
    expect(counts.map((c) => Array.from(c))).toEqual([
      [3, 1],
      [2, 2],
    ]);
  });

  it('counts nothing where a logit is NaN', async () => {
    const poisoned = linearClassifier({ weights: [[1], [NaN]], biases: [0, 0] });
    const entry = { name: 'poisoned', classifier: poisoned };
    await expect(labelCounter([entry]).countLabels(input(0), noiseOf(0, 2))).rejects.toMatchObject({
      code: 'not-finite',
      message:
        'countLabels: expected numbers as logits, got NaN from "poisoned"; nothing was counted',
    });
  });

  it('refuses classifiers, inputs and noise that do not fit', async () => {
    expect(() => labelCounter([])).toThrow('expected at least one classifier');
    const wide = linearClassifier({
      weights: [
        [1, 1],
        [0, 0],
      ],
      biases: [0, 0],
    });
    const pair = [
      { name: 'a', classifier },
      { name: 'b', classifier: wide },
    ];
    expect(() => labelCounter(pair)).toThrow(
      'got "b" with [2], 2 and [0, 1] beside [1], 2 and [0, 1]',
    );
    const counter = labelCounter([{ name: 'a', classifier }]);
    const mismatch = { code: 'shape-mismatch' };
    await expect(counter.countLabels(input(1, 2), noiseOf(0))).rejects.toMatchObject(mismatch);
    const short: NoiseRows = { arithmetic: 'float', rows: 2, values: new Float32Array(3) };
    await expect(counter.countLabels(input(1), short)).rejects.toMatchObject(mismatch);
  });

  it('refuses logits of another shape, even where the further class never wins', async () => {
    for (const shape of [[2, 3], [1, 2], [4]]) {
      const logits = float32Tensor(shape);
      const wrong: Classifier = { ...classifier, logits: () => Promise.resolve(logits) };
      const counter = labelCounter([{ name: 'wrong', classifier: wrong }]);
      await expect(counter.countLabels(input(0), noiseOf(0, 1))).rejects.toMatchObject({
        code: 'shape-mismatch',
      });
    }
  });

  it('does not trust an engine that loses rows', async () => {
    const lossy: Classifier = {
      ...countingClassifier(options),
      countLabels: () => Promise.resolve(Uint32Array.of(1, 0)),
    };
    const counter = labelCounter([{ name: 'lossy', classifier: lossy }]);
    await expect(counter.countLabels(input(0), noiseOf(0, 1))).rejects.toMatchObject({
      code: 'engine-failed',
    });
  });
});

describe('countDraws', () => {
  const counter = labelCounter([{ name: 'f', classifier }]);
  const base = { purpose: 'estimation', image: 0, seed: 0, n: 10, batchSize: 4 } as const;
  const noise = gaussian({ sigma: 1 });

  it('removes rejected draws from every class and reports them', async () => {
    // Every third draw is rejected; the classifier would count them for class 0.
    const rejecting: Noise = {
      ...noise,
      rows: (request) => {
        const draw = noise.rows(request);
        const rejected = Array.from({ length: request.count }, (_, row) => row).filter(
          (row) => (request.from + row) % 3 === 0,
        );
        rejected.forEach((row) => draw.noise.values.fill(100, row, row + 1));
        return { ...draw, rejected };
      },
    };
    const plain = await countDraws(counter, input(-50), { ...base, noise: rejecting });
    expect(plain).toEqual({ counts: [Uint32Array.of(0, 6)], n: 10, rejected: 4 });
    const single = await countDraws(counter, input(-50), {
      ...base,
      noise: rejecting,
      batchSize: 1,
    });
    expect(single).toEqual(plain);
  });

  it('reports progress once per batch and stops between batches', async () => {
    const done: number[] = [];
    await countDraws(counter, input(0), { ...base, noise, onProgress: (p) => done.push(p.done) });
    expect(done).toEqual([4, 8, 10]);
    const abort = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => abort.abort(reason);
    const { signal } = abort;
    await expect(
      countDraws(counter, input(0), { ...base, noise, signal, onProgress }),
    ).rejects.toBe(reason);
  });

  it.each([{ n: 0 }, { n: 1.5 }, { batchSize: 0 }, { seed: -1 }, { image: 0.5 }])(
    'refuses %o',
    async (bad) => {
      await expect(countDraws(counter, input(0), { ...base, noise, ...bad })).rejects.toMatchObject(
        { code: 'invalid-argument' },
      );
    },
  );
});
