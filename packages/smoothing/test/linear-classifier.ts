import {
  argmaxRows,
  float32Tensor,
  type Bounds,
  type Classifier,
  type Float32Tensor,
  type NoiseRows,
} from '@floatpath/core';

export interface LinearOptions {
  /** `[classes][inputs]` */
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
  readonly bounds?: Bounds;
}

/** logits = W z + b, without an engine. */
export function linearClassifier(options: LinearOptions): Classifier {
  const { weights, bounds = [0, 1] } = options;
  const size = weights[0]?.length ?? 0;
  return {
    inputShape: [size],
    classes: weights.length,
    bounds,
    logits: (x) => Promise.resolve(linearLogits(options, x)),
  };
}

function linearLogits({ weights, biases }: LinearOptions, x: Float32Tensor): Float32Tensor {
  const size = weights[0]?.length ?? 0;
  const rows = x.shape[0] ?? 0;
  const logits = new Float32Array(rows * weights.length);
  for (let row = 0; row < rows; row += 1) {
    weights.forEach((weight, j) => {
      let sum = biases[j] ?? NaN;
      for (let i = 0; i < size; i += 1) {
        sum += (weight[i] ?? NaN) * (x.data[row * size + i] ?? NaN);
      }
      logits[row * weights.length + j] = sum;
    });
  }
  return float32Tensor([rows, weights.length], logits);
}

/**
 * The same classifier counting by itself, tensor by tensor as a graph does: every step stored as
 * float32.
 */
export function countingClassifier(options: LinearOptions): Classifier {
  const classifier = linearClassifier(options);
  const [low, high] = classifier.bounds;
  const step = (from: Float32Array, f: (value: number, i: number) => number): Float32Array =>
    Float32Array.from(from, f);
  const noisy = (x: Float32Tensor, noise: NoiseRows): Float32Array => {
    const size = x.data.length;
    const at = (center: Float32Array): Float32Array =>
      step(noise.values, (v, i) => v + (center[i % size] ?? NaN));
    if (noise.arithmetic === 'float') return at(x.data);
    const scalars = Float32Array.of(high - low, low, 255);
    const [width = NaN, offset = NaN, steps = NaN] = scalars;
    const levels = step(x.data, (v) => Math.round((255 * (v - low)) / (high - low)));
    const clipped = step(at(levels), (v) => Math.max(noise.clip[0], Math.min(noise.clip[1], v)));
    const shares = step(clipped, (v) => v / steps);
    return step(
      step(shares, (v) => v * width),
      (v) => v + offset,
    );
  };
  return {
    ...classifier,
    countLabels: (x, noise) => {
      const rows = float32Tensor([noise.rows, x.data.length], noisy(x, noise));
      const counts = new Uint32Array(classifier.classes);
      for (const label of argmaxRows(linearLogits(options, rows))) {
        counts[label] = (counts[label] ?? 0) + 1;
      }
      return Promise.resolve(counts);
    },
  };
}

/** One input `[1, values.length]`. */
export function input(...values: number[]): Float32Tensor {
  return float32Tensor([1, values.length], values);
}
