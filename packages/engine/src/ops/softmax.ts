import { float64Tensor, sizeOf } from '@floatpath/core';
import { axisAttribute } from '../attributes.js';
import { dataOf, elementwiseType } from './operands.js';
import type { SmoothOp } from './op.js';

/** exp(z_j) / sum_k exp(z_k) along one axis. */
export const softmax: SmoothOp = {
  type: 'Softmax',
  role: 'smooth',
  infer: elementwiseType,
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const axis = axisAttribute(node, -1, x.shape.length);
    const extent = x.shape[axis] as number;
    const stride = sizeOf(x.shape.slice(axis + 1));
    const out = new Float64Array(x.data.length);
    for (let line = 0; line < out.length / extent; line += 1) {
      const start = Math.floor(line / stride) * stride * extent + (line % stride);
      let top = -Infinity;
      for (let j = 0; j < extent; j += 1) {
        top = Math.max(top, x.data[start + j * stride] as number);
      }
      let total = 0;
      for (let j = 0; j < extent; j += 1) {
        const at = start + j * stride;
        out[at] = Math.exp((x.data[at] as number) - top);
        total += out[at];
      }
      for (let j = 0; j < extent; j += 1) {
        const at = start + j * stride;
        out[at] = (out[at] as number) / total;
      }
    }
    return [float64Tensor(x.shape, out)];
  },
  // dx = s (dy - sum(s dy))
  backward({ graph, node, cotangents: [cotangent], outputTypes }) {
    if (cotangent === undefined) return [undefined];
    const output = node.outputs[0] as string;
    const axis = axisAttribute(node, -1, outputTypes[0]?.shape.length ?? 1);
    const weighted = graph.add('Mul', [output, cotangent]);
    const total = graph.add('ReduceSum', [weighted, graph.integers([axis])], { keepdims: 1 });
    return [graph.add('Mul', [output, graph.add('Sub', [cotangent, total])])];
  },
};
