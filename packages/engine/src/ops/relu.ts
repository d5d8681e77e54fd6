import { float64Tensor } from '@floatpath/core';
import { hingeGate } from './elementwise-gate.js';
import { dataOf } from './operands.js';

/** max(z, 0). z > 0 is active, z <= 0 inactive. */
export const relu = hingeGate('Relu', {
  // A second reader of z would keep runtimes from fusing the layer with its Relu.
  signOf: (node) => node.outputs[0],
  lowSlope: () => () => 0,
  emitLow: (graph) => graph.scalar(0),
  evaluate(node, inputs) {
    const z = dataOf(node, inputs, 0);
    return [
      float64Tensor(
        z.shape,
        z.data.map((v) => (v > 0 ? v : Number.isNaN(v) ? v : 0)),
      ),
    ];
  },
});
