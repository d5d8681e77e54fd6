import {
  fillNormal,
  float32Tensor,
  sizeOf,
  type Classifier,
  type Float32Tensor,
  type Objective,
} from '@floatpath/core';

/** One row in float64: logits, and the input gradient of sum_j c_j z_j. */
interface RowFunction {
  logits(x: Float32Array): Float64Array;
  gradient(x: Float32Array, cotangent: Float64Array): Float64Array;
}

/** Also says its logits at once, for making labels. */
export interface PlainClassifier extends Classifier {
  readonly gradient: NonNullable<Classifier['gradient']>;
  logitsNow(x: Float32Tensor): Float32Tensor;
}

/** A classifier computed row by row in float64 and rounded to float32. */
export function classifierOf(
  inputShape: readonly number[],
  classes: number,
  f: RowFunction,
): PlainClassifier {
  const size = sizeOf(inputShape);
  const rowsIn = (x: Float32Tensor): Float32Array[] =>
    Array.from({ length: x.shape[0] ?? 0 }, (_, i) => x.data.subarray(i * size, (i + 1) * size));
  const logitsOf = (rows: Float32Array[]): Float32Tensor =>
    float32Tensor(
      [rows.length, classes],
      Float32Array.from(rows.flatMap((row) => [...f.logits(row)])),
    );
  return {
    inputShape,
    classes,
    bounds: [0, 1],
    logits: (x) => Promise.resolve(logitsOf(rowsIn(x))),
    logitsNow: (x) => logitsOf(rowsIn(x)),
    gradient: (x, objective) => {
      const rows = rowsIn(x);
      const values = rows.flatMap((row, i) => [
        ...f.gradient(row, cotangentOf(f.logits(row), objective, i)),
      ]);
      const gradient = float32Tensor(x.shape, Float32Array.from(values));
      return Promise.resolve({ logits: logitsOf(rows), gradient });
    },
  };
}

function cotangentOf(z: Float64Array, objective: Objective, row: number): Float64Array {
  if (objective.kind === 'cotangent') {
    return Float64Array.from(
      objective.cotangent.data.subarray(row * z.length, (row + 1) * z.length),
    );
  }
  const label = objective.labels[row] as number;
  if (objective.kind === 'cross-entropy') {
    const top = Math.max(...z);
    const exps = z.map((value) => Math.exp(value - top));
    const sum = exps.reduce((a, b) => a + b, 0);
    return exps.map((e, j) => e / sum - (j === label ? 1 : 0));
  }
  let rival = label === 0 ? 1 : 0;
  z.forEach((value, j) => {
    if (j !== label && value > (z[rival] as number)) rival = j;
  });
  return z.map((_, j) => (j === rival ? 1 : j === label ? -1 : 0));
}

/** z = W x + b, with `weights` row-major `[classes, size]`. */
export function linearClassifier(
  inputShape: readonly number[],
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
): PlainClassifier {
  const size = sizeOf(inputShape);
  const classes = bias.length;
  return classifierOf(inputShape, classes, {
    logits: (x) => affine(weights, bias, x, classes),
    gradient: (_, cotangent) => transposed(weights, cotangent, size),
  });
}

/** One hidden ReLU layer with fan-in-scaled Gaussian weights; `shift` is added to all logits, `scale` multiplies them. */
export function randomMlp(
  seed: number,
  inputShape: readonly number[],
  classes: number,
  { hidden = 12, scale = 1, shift = 0 } = {},
): PlainClassifier {
  const size = sizeOf(inputShape);
  const draw = (count: number, lane: number, deviation: number): Float32Array => {
    const out = new Float32Array(count);
    fillNormal(out, 0, count, { seed, purpose: 'calibration', image: 0, draw: 0, lane });
    return out.map((z) => z * deviation);
  };
  const w1 = draw(hidden * size, 1, 2 / Math.sqrt(size));
  const b1 = draw(hidden, 2, 0.5);
  const w2 = draw(classes * hidden, 3, (2 * scale) / Math.sqrt(hidden));
  const b2 = draw(classes, 4, 0.1 * scale).map((b) => b + shift);
  return classifierOf(inputShape, classes, {
    logits: (x) =>
      affine(
        w2,
        b2,
        affine(w1, b1, x, hidden).map((z) => Math.max(z, 0)),
        classes,
      ),
    gradient: (x, cotangent) => {
      const pre = affine(w1, b1, x, hidden);
      const slopes = transposed(w2, cotangent, hidden);
      return transposed(
        w1,
        slopes.map((s, i) => ((pre[i] as number) > 0 ? s : 0)),
        size,
      );
    },
  });
}

function affine(
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
  x: ArrayLike<number>,
  rows: number,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = bias[row] as number;
    for (let i = 0; i < x.length; i += 1)
      sum += (weights[row * x.length + i] as number) * (x[i] as number);
    return sum;
  });
}

function transposed(weights: ArrayLike<number>, y: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size);
  y.forEach((value, row) => {
    for (let i = 0; i < size; i += 1)
      out[i] = (out[i] as number) + (weights[row * size + i] as number) * value;
  });
  return out;
}
