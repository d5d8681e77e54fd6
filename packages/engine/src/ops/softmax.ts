import { float64Tensor } from '@floatpath/core';
import { dataOf, elementwiseType } from './operands.js';
import type { SmoothOp } from './op.js';

/** Softmax along the last axis, as the cross-entropy gradient needs it. */
export const softmax: SmoothOp = {
  type: 'Softmax',
  role: 'smooth',
  infer: elementwiseType,
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const extent = x.shape.at(-1) ?? 1;
    const out = new Float64Array(x.data.length);
    for (let start = 0; start < out.length; start += extent) {
      const row = x.data.subarray(start, start + extent);
      const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const exponentials = row.map((v) => Math.exp(v - top));
      const total = exponentials.reduce((a, b) => a + b, 0);
      exponentials.forEach((e, j) => {
        out[start + j] = e / total;
      });
    }
    return [float64Tensor(x.shape, out)];
  },
};
