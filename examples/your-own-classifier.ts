import { square } from '@floatpath/attacks';
import { float32Tensor, type Classifier } from '@floatpath/core';
import { certify, integerGaussian, predict } from '@floatpath/smoothing';

// Any function from a batch of inputs to scores: a service, a rule, a model in another runtime.
const brighterHalf: Classifier = {
  inputShape: [4],
  classes: 2,
  bounds: [0, 1],
  logits: (x) => {
    const rows = x.shape[0] ?? 0;
    const scores = Array.from({ length: rows }, (_, row) => {
      const [a = 0, b = 0, c = 0, d = 0] = x.data.subarray(4 * row, 4 * row + 4);
      return [a + b, c + d];
    });
    return Promise.resolve(float32Tensor([rows, 2], scores.flat()));
  },
};

const x = float32Tensor([1, 4], [0.8, 0.6, 0.2, 0.4]);
const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
export const certificate = await certify(brighterHalf, x, { noise, n: 1000, batchSize: 250 });
export const prediction = await predict(brighterHalf, x, {
  noise,
  n: 200,
  alpha: 0.001,
  batchSize: 200,
  seed: 1,
});

// Scores are all that a black-box attack needs.
export const attacked = await square({ queries: 300 }).run(
  brighterHalf,
  x,
  { kind: 'untargeted', labels: Int32Array.of(0) },
  { kind: 'ball', norm: 'linf', epsilon: 0.3 },
  { seed: 0, images: Uint32Array.of(0), batchSize: 32 },
);
