import { float64Tensor, numbersOf, type Tensor } from '@floatpath/core';
import { hingeGate } from './elementwise-gate.js';
import { broadcastIndex, dataOf, typeOf } from './operands.js';

/** z for z > 0, slope z for z <= 0, with constant slopes that broadcast (any sign, also above 1). */
export const prelu = hingeGate('PRelu', {
  lowSlope({ node, inputTypes }) {
    const z = typeOf(node, inputTypes, 0);
    const slope = typeOf(node, inputTypes, 1);
    const at = broadcastIndex(slope.shape, z.shape);
    const values = numbersOf(slope.constant as Tensor);
    return (index) => values[at[index] as number] as number;
  },
  emitLow: (graph, { node }, y) => graph.add('Mul', [y, node.inputs[1] as string]),
  evaluate(node, inputs) {
    const z = dataOf(node, inputs, 0);
    const slope = dataOf(node, inputs, 1);
    const index = broadcastIndex(slope.shape, z.shape);
    const out = z.data.map((v, i) => (v > 0 ? v : (slope.data[index[i] as number] as number) * v));
    return [float64Tensor(z.shape, out)];
  },
});
