import { float64Tensor, sizeOf, type Float64Tensor, type NetworkNode } from '@floatpath/core';
import { axisAttribute } from '../attributes.js';
import { dataOf, elementwiseType } from './operands.js';
import type { SmoothOp } from './op.js';

/** Rewrites every line along the node's axis, given its values, their largest, and the sum of exp(value - largest). */
function alongAxis(
  node: NetworkNode,
  x: Float64Tensor,
  value: (z: number, top: number, total: number) => number,
): Float64Tensor {
  const axis = axisAttribute(node, -1, x.shape.length);
  const extent = x.shape[axis] as number;
  const stride = sizeOf(x.shape.slice(axis + 1));
  const out = new Float64Array(x.data.length);
  for (let line = 0; line < out.length / extent; line += 1) {
    const start = Math.floor(line / stride) * stride * extent + (line % stride);
    const z = (j: number): number => x.data[start + j * stride] as number;
    let top = -Infinity;
    for (let j = 0; j < extent; j += 1) top = Math.max(top, z(j));
    let total = 0;
    for (let j = 0; j < extent; j += 1) total += Math.exp(z(j) - top);
    for (let j = 0; j < extent; j += 1) out[start + j * stride] = value(z(j), top, total);
  }
  return float64Tensor(x.shape, out);
}

/** exp(z_j) / sum_k exp(z_k) along one axis. */
export const softmax: SmoothOp = {
  type: 'Softmax',
  role: 'smooth',
  infer: elementwiseType,
  evaluate: (node, inputs) => [
    alongAxis(node, dataOf(node, inputs, 0), (z, top, total) => Math.exp(z - top) / total),
  ],
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

/** z_j - log sum_k exp(z_k) along one axis. */
export const logSoftmax: SmoothOp = {
  type: 'LogSoftmax',
  role: 'smooth',
  infer: elementwiseType,
  evaluate: (node, inputs) => [
    alongAxis(node, dataOf(node, inputs, 0), (z, top, total) => z - top - Math.log(total)),
  ],
  // dx = dy - softmax sum(dy)
  backward({ graph, node, cotangents: [cotangent], outputTypes }) {
    if (cotangent === undefined) return [undefined];
    const axis = axisAttribute(node, -1, outputTypes[0]?.shape.length ?? 1);
    const total = graph.add('ReduceSum', [cotangent, graph.integers([axis])], { keepdims: 1 });
    const softmaxed = graph.add('Exp', [node.outputs[0] as string]);
    return [graph.add('Sub', [cotangent, graph.add('Mul', [softmaxed, total])])];
  },
};
