import { float64Tensor, numbersOf, sizeOf, type NetworkNode } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { absoluteTensor } from './arithmetic.js';
import { broadcastIndex, constantNumbers, dataOf, typeOf } from './operands.js';
import type { AffineOp, ValueType } from './op.js';

/** No axes means all of them, or none with `noop_with_empty_axes`. */
function reducedAxes(
  node: NetworkNode,
  rank: number,
  asked: readonly number[] | undefined,
): readonly number[] {
  if (asked === undefined || asked.length === 0) {
    const none = numberAttribute(node, 'noop_with_empty_axes', 0) !== 0;
    return none ? [] : Array.from({ length: rank }, (_, axis) => axis);
  }
  return asked.map((axis) => (axis < 0 ? axis + rank : axis));
}

export function inferredAxes(
  node: NetworkNode,
  inputs: readonly (ValueType | undefined)[],
): readonly number[] {
  const asked = inputs[1] === undefined ? undefined : constantNumbers(node, inputs, 1);
  return reducedAxes(node, typeOf(node, inputs, 0).shape.length, asked);
}

export function keptShape(shape: readonly number[], axes: readonly number[]): readonly number[] {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}

export function finalShape(
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
        shape: finalShape(node, x.shape, inferredAxes(node, inputs)),
      },
    ];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const axes = reducedAxes(node, x.shape.length, inputs[1] && Array.from(numbersOf(inputs[1])));
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
    const axes = inferredAxes(node, inputTypes);
    const kept =
      numberAttribute(node, 'keepdims', 1) !== 0
        ? cotangent
        : graph.add('Unsqueeze', [cotangent, graph.integers(axes)]);
    const expanded = shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
    return [graph.add('Expand', [kept, graph.integers(expanded)])];
  },
};
