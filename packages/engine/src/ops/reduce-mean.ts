import { float64Tensor, sizeOf } from '@floatpath/core';
import { dataOf, typeOf } from './operands.js';
import { reduceSum } from './reduce-sum.js';
import type { AffineOp } from './op.js';

/** The mean over some axes. */
export const reduceMean: AffineOp = {
  ...reduceSum,
  type: 'ReduceMean',
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const [sum] = reduceSum.evaluate(node, inputs);
    const total = dataOf(node, [sum], 0);
    const count = sizeOf(x.shape) / sizeOf(total.shape);
    return [
      float64Tensor(
        total.shape,
        total.data.map((v) => v / count),
      ),
    ];
  },
  backward(context) {
    const [spread] = reduceSum.backward?.(context) ?? [];
    if (spread === undefined) return [undefined];
    const from = typeOf(context.node, context.inputTypes, 0).shape;
    const to = typeOf(context.node, context.outputTypes, 0).shape;
    const count = context.graph.scalar(sizeOf(from) / sizeOf(to));
    return [context.graph.add('Div', [spread, count])];
  },
};
