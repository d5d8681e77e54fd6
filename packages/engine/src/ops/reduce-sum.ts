import { float64Tensor, numbersOf, sizeOf, type NetworkNode, type Tensor } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { absoluteTensor } from './arithmetic.js';
import { broadcastIndex, dataOf, typeOf } from './operands.js';
import type { AffineOp } from './op.js';

function reducedAxes(rank: number, axes: Tensor | undefined): readonly number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  return Array.from(numbersOf(axes), (axis) => (axis < 0 ? axis + rank : axis));
}

function keptShape(shape: readonly number[], axes: readonly number[]): readonly number[] {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}

function finalShape(
  node: NetworkNode,
  shape: readonly number[],
  axes: readonly number[],
): readonly number[] {
  return numberAttribute(node, 'keepdims', 1) !== 0
    ? keptShape(shape, axes)
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** The sum over some axes. */
export const reduceSum: AffineOp = {
  type: 'ReduceSum',
  role: 'affine',
  infer(node, inputs) {
    const x = typeOf(node, inputs, 0);
    return [
      {
        dtype: x.dtype,
        shape: finalShape(node, x.shape, reducedAxes(x.shape.length, inputs[1]?.constant)),
      },
    ];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const axes = reducedAxes(x.shape.length, inputs[1]);
    const kept = keptShape(x.shape, axes);
    const out = new Float64Array(sizeOf(kept));
    const index = broadcastIndex(kept, x.shape);
    x.data.forEach((value, i) => {
      const at = index[i] as number;
      out[at] = (out[at] as number) + value;
    });
    return [float64Tensor(finalShape(node, x.shape, axes), out)];
  },
  offsets: () => [],
  absolute: (_node, inputs) =>
    inputs.map((tensor, slot) => (slot === 0 ? absoluteTensor(tensor) : tensor)),
  backward({ graph, node, cotangents: [cotangent], inputTypes }) {
    if (cotangent === undefined) return [undefined];
    const x = inputTypes[0];
    const shape = x?.shape ?? [];
    const axes = reducedAxes(shape.length, inputTypes[1]?.constant);
    const kept =
      numberAttribute(node, 'keepdims', 1) !== 0
        ? cotangent
        : graph.add('Unsqueeze', [cotangent, graph.integers(axes)]);
    const expanded = shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
    return [graph.add('Expand', [kept, graph.integers(expanded)])];
  },
};
