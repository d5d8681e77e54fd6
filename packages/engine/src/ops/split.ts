import type { NetworkNode, Tensor } from '@floatpath/core';
import { axisAttribute } from '../attributes.js';
import { constantNumbers, typeOf } from './operands.js';
import type { AffineOp } from './op.js';
import { absoluteFirst, asTypes, pickAlong, takeElements, type Types } from './pick-elements.js';

export function splitSizes(
  node: NetworkNode,
  inputs: Types,
): { axis: number; sizes: readonly number[] } {
  const { shape } = typeOf(node, inputs, 0);
  const axis = axisAttribute(node, 0, shape.length);
  const extent = shape[axis] as number;
  if (node.inputs[1]) return { axis, sizes: constantNumbers(node, inputs, 1) };
  const parts = node.outputs.length;
  const size = Math.ceil(extent / parts);
  return { axis, sizes: node.outputs.map((_, i) => Math.min(size, extent - i * size)) };
}

/** Consecutive parts of a tensor along one axis, one output each. */
export const split: AffineOp = {
  type: 'Split',
  role: 'affine',
  infer(node, inputs) {
    const { dtype, shape } = typeOf(node, inputs, 0);
    const { axis, sizes } = splitSizes(node, inputs);
    return sizes.map((size) => ({ dtype, shape: shape.with(axis, size) }));
  },
  evaluate(node, inputs) {
    const x = inputs[0] as Tensor;
    const { axis, sizes } = splitSizes(node, asTypes(inputs));
    let start = 0;
    return sizes.map((size) => {
      const picks = Array.from({ length: size }, (_, i) => start + i);
      start += size;
      return takeElements(x, x.shape.with(axis, size), pickAlong(x.shape, axis, picks));
    });
  },
  offsets: () => [],
  absolute: absoluteFirst,
  backward({ graph, node, cotangents, inputTypes, outputTypes }) {
    const { axis } = splitSizes(node, inputTypes);
    if (cotangents.every((cotangent) => cotangent === undefined)) return [undefined];
    const parts = node.outputs.map((output, i) => {
      const known = cotangents[i];
      if (known !== undefined) return known;
      const zero = graph.scalar(0);
      return outputTypes[i] ? graph.add('Mul', [output, zero]) : zero;
    });
    return [graph.add('Concat', parts, { axis })];
  },
};
