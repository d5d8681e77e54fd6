import type { Float32Tensor } from '@floatpath/core';

function logSumExp(values: Float64Array): number {
  const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

export function logSoftmax(logits: Float64Array): Float64Array {
  const total = logSumExp(logits);
  return logits.map((v) => v - total);
}

/** log of the mean softmax over the rows of `logits` `[rows, classes]`, per class. */
export function logMeanSoftmax({ shape, data }: Float32Tensor): Float64Array {
  const [rows = 0, classes = 0] = shape;
  const logs = Array.from({ length: rows }, (_, i) =>
    logSoftmax(Float64Array.from(data.subarray(i * classes, (i + 1) * classes))),
  );
  return Float64Array.from(
    { length: classes },
    (_, j) => logSumExp(Float64Array.from(logs, (row) => row[j] as number)) - Math.log(rows),
  );
}
