import { float64Tensor } from '@floatpath/core';
import { binaryEvaluate, binaryType, reduceToOperand } from './arithmetic.js';
import { broadcastShape, dataOf } from './operands.js';
import type { SmoothOp } from './op.js';

/** x to the power of a constant. */
export const pow: SmoothOp = {
  type: 'Pow',
  role: 'smooth',
  infer: binaryType,
  evaluate(node, inputs) {
    const shape = broadcastShape(node, [
      dataOf(node, inputs, 0).shape,
      dataOf(node, inputs, 1).shape,
    ]);
    return [
      float64Tensor(
        shape,
        binaryEvaluate(node, inputs, (a, b) => a ** b),
      ),
    ];
  },
  // d x^p / dx = p x^(p-1)
  backward(context) {
    const { graph, node, cotangents, needed } = context;
    const [cotangent] = cotangents;
    if (cotangent === undefined || !needed(0)) return [undefined, undefined];
    const [x, p] = node.inputs as readonly [string, string];
    const lower = graph.add('Pow', [x, graph.add('Sub', [p, graph.scalar(1)])]);
    const slope = graph.add('Mul', [p, lower]);
    return [reduceToOperand(context, graph.add('Mul', [cotangent, slope]), 0), undefined];
  },
};
