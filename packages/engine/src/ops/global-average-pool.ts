import { float64Tensor, sizeOf } from '@floatpath/core';
import { absoluteTensor } from './arithmetic.js';
import { dataOf, typeOf } from './operands.js';
import type { AffineOp } from './op.js';

const pooledShape = (shape: readonly number[]): number[] =>
  shape.map((extent, axis) => (axis < 2 ? extent : 1));

/** The mean over all spatial axes. */
export const globalAveragePool: AffineOp = {
  type: 'GlobalAveragePool',
  role: 'affine',
  infer(node, inputs) {
    const { dtype, shape } = typeOf(node, inputs, 0);
    return [{ dtype, shape: pooledShape(shape) }];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const plane = sizeOf(x.shape.slice(2));
    const out = new Float64Array(x.data.length / plane);
    x.data.forEach((v, i) => {
      const at = Math.floor(i / plane);
      out[at] = (out[at] as number) + v / plane;
    });
    return [float64Tensor(pooledShape(x.shape), out)];
  },
  offsets: () => [],
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward({ graph, cotangents: [cotangent], inputTypes }) {
    if (cotangent === undefined) return [undefined];
    const shape = inputTypes[0]?.shape ?? [];
    const plane = graph.scalar(sizeOf(shape.slice(2)));
    const expanded = shape.map((extent, axis) => (axis < 2 ? 1 : extent));
    const spread = graph.add('Expand', [cotangent, graph.integers(expanded)]);
    return [graph.add('Div', [spread, plane])];
  },
};
