import { float64Tensor, type NetworkNode } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { hingeGate } from './elementwise-gate.js';
import { dataOf } from './operands.js';

/** ONNX attributes are float32. */
const slopeOf = (node: NetworkNode): number => Math.fround(numberAttribute(node, 'alpha', 0.01));

/** z for z > 0, alpha z for z <= 0. */
export const leakyRelu = hingeGate('LeakyRelu', {
  lowSlope:
    ({ node }) =>
    () =>
      slopeOf(node),
  emitLow: (graph, { node }, y) => graph.add('Mul', [y, graph.scalar(slopeOf(node))]),
  evaluate(node, inputs) {
    const z = dataOf(node, inputs, 0);
    const slope = slopeOf(node);
    return [
      float64Tensor(
        z.shape,
        z.data.map((v) => (v > 0 ? v : slope * v)),
      ),
    ];
  },
});
