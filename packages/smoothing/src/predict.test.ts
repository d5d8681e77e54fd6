import { describe, expect, it } from 'vitest';
import { input, linearClassifier } from '../test/linear-classifier.js';
import { integerGaussian } from './noise/integer-gaussian.js';
import { predict, predictionOf } from './predict.js';

describe('predictionOf', () => {
  it('answers where the exact two-sided test rejects', () => {
    // 2 P(Bin(11, 1/2) >= 11) = 2^-10.
    const counts = Uint32Array.of(0, 11, 0);
    expect(predictionOf({ counts, rejected: 0, alpha: 0.001 })).toEqual({
      kind: 'label',
      label: 1,
      pValue: 2 ** -10,
    });
    // 2 (12 + 1) / 2^12 is above .001.
    const close = predictionOf({ counts: Uint32Array.of(1, 11, 0), rejected: 0, alpha: 0.001 });
    expect(close).toMatchObject({ kind: 'abstain', label: 1 });
    expect(close.pValue).toBeCloseTo((2 * 13) / 2 ** 12, 14);
  });

  it('abstains on a tie, with the lowest class', () => {
    const prediction = predictionOf({
      counts: Uint32Array.of(2, 10, 10),
      rejected: 0,
      alpha: 0.05,
    });
    expect(prediction).toEqual({ kind: 'abstain', label: 1, pValue: 1 });
  });

  it('gives rejected draws to the runner-up', () => {
    const counts = Uint32Array.of(20, 0);
    const clean = predictionOf({ counts, rejected: 0, alpha: 0.001 });
    const worse = predictionOf({ counts, rejected: 8, alpha: 0.001 });
    expect(clean.kind).toBe('label');
    expect(worse.kind).toBe('abstain');
    expect(worse.pValue).toBe(
      predictionOf({ counts: Uint32Array.of(20, 8), rejected: 0, alpha: 0.001 }).pValue,
    );
  });
});

describe('predict', () => {
  const classifier = linearClassifier({ weights: [[1], [0]], biases: [-0.5, 0] });
  const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
  const options = { noise, n: 100, alpha: 0.001, seed: 4, batchSize: 30 };

  it('labels a clear input and abstains on the boundary', async () => {
    expect(await predict(classifier, input(1), options)).toMatchObject({ kind: 'label', label: 0 });
    expect(await predict(classifier, input(0), options)).toMatchObject({ kind: 'label', label: 1 });
    const boundary = linearClassifier({ weights: [[1], [0]], biases: [-127.5 / 255, 0] });
    const result = await predict(boundary, input(128 / 255), options);
    expect(result.kind).toBe('abstain');
    expect(result.draws.n).toBe(100);
  });

  it.each([
    [{ n: 10 }, 'predict: expected n an integer of at least 11 for alpha 0.001, got 10'],
    [{ n: 5, alpha: 0.0625 }, undefined],
    [
      { n: 4, alpha: 0.0625 },
      'predict: expected n an integer of at least 5 for alpha 0.0625, got 4',
    ],
    [{ alpha: 2 }, 'predict: expected alpha in (0, 1), got 2'],
  ])('names the smallest n that can answer: %o', async (change, message) => {
    const call = predict(classifier, input(1), { ...options, ...change });
    if (message === undefined) await expect(call).resolves.toBeDefined();
    else await expect(call).rejects.toThrow(message);
  });
});
