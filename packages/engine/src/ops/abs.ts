import { float64Tensor } from '@floatpath/core';
import { hingeGate } from './elementwise-gate.js';
import { dataOf } from './operands.js';

/** |z|: slope 1 for z > 0, -1 for z <= 0. */
export const abs = hingeGate('Abs', {
  lowSlope: () => () => -1,
  emitLow: (graph, _gate, y) => graph.add('Neg', [y]),
  evaluate(node, inputs) {
    const z = dataOf(node, inputs, 0);
    return [float64Tensor(z.shape, z.data.map(Math.abs))];
  },
});
