import { float64Tensor } from '@floatpath/core';
import { dataOf, elementwiseType } from './operands.js';
import type { GateOp } from './op.js';

const pieces = { breakpoints: [0], slopes: [0, 1], offsets: [0, 0] };

/** max(z, 0). z > 0 is active, z <= 0 inactive. */
export const relu: GateOp = {
  type: 'Relu',
  role: 'gate',
  infer: elementwiseType,
  evaluate(node, inputs) {
    const z = dataOf(node, inputs, 0);
    return [
      float64Tensor(
        z.shape,
        z.data.map((v) => (v > 0 ? v : Number.isNaN(v) ? v : 0)),
      ),
    ];
  },
  pieces: () => pieces,
  select: (graph, _node, z) => graph.add('Greater', [z, graph.scalar(0)]),
  applySelection: (graph, _node, selection, y) =>
    graph.add('Where', [selection, y, graph.scalar(0)]),
  backward({ graph, node, cotangents: [cotangent] }) {
    if (cotangent === undefined) return [undefined];
    const active = graph.add('Greater', [node.inputs[0] as string, graph.scalar(0)]);
    return [graph.add('Where', [active, cotangent, graph.scalar(0)])];
  },
};
