import {
  FloatpathError,
  numbersOf,
  sizeOf,
  type Float64Tensor,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import type { ValueType } from './op.js';

/** The float64 tensor in `slot`. */
export function dataOf(
  node: NetworkNode,
  inputs: readonly (Tensor | undefined)[],
  slot: number,
): Float64Tensor {
  const tensor = inputs[slot];
  if (tensor?.dtype !== 'float64') {
    throw new FloatpathError(
      'invalid-network',
      `${node.op}: expected input ${slot} of node "${node.name}" to hold floating-point numbers, got ${tensor?.dtype ?? 'nothing'}`,
    );
  }
  return tensor;
}

export function typeOf(
  node: NetworkNode,
  inputs: readonly (ValueType | undefined)[],
  slot: number,
): ValueType {
  const type = inputs[slot];
  if (type === undefined) {
    throw new FloatpathError(
      'invalid-network',
      `${node.op}: expected input ${slot} of node "${node.name}", got nothing`,
    );
  }
  return type;
}

/** The numbers in `slot`, which must be a constant of the network. */
export function constantNumbers(
  node: NetworkNode,
  inputs: readonly (ValueType | undefined)[],
  slot: number,
): number[] {
  const constant = inputs[slot]?.constant;
  if (constant === undefined) {
    throw new FloatpathError(
      'invalid-network',
      `${node.op}: expected input ${slot} of node "${node.name}" to be a constant; fold the network first`,
    );
  }
  return Array.from(numbersOf(constant));
}

/** Type rule of ops that map every element on its own. */
export function elementwiseType(
  node: NetworkNode,
  inputs: readonly (ValueType | undefined)[],
): readonly ValueType[] {
  const { dtype, shape } = typeOf(node, inputs, 0);
  return [{ dtype, shape }];
}

/** NumPy broadcasting of several shapes. @throws {FloatpathError} `invalid-network` if they do not fit */
export function broadcastShape(
  node: NetworkNode,
  shapes: readonly (readonly number[])[],
): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: number[] = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    shape.forEach((extent, axis) => {
      const at = rank - shape.length + axis;
      const current = result[at] as number;
      if (current !== extent && current !== 1 && extent !== 1) {
        throw new FloatpathError(
          'invalid-network',
          `${node.op}: expected inputs of node "${node.name}" to broadcast, got ${shapes.map((s) => `[${s.join(', ')}]`).join(' and ')}`,
        );
      }
      if (extent !== 1) result[at] = extent;
    });
  }
  return result;
}

/** For every element of `shape` in order, the position of its source in a tensor of shape `source`. */
export function broadcastIndex(source: readonly number[], shape: readonly number[]): Int32Array {
  const size = sizeOf(shape);
  const index = new Int32Array(size);
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (let axis = source.length - 1; axis >= 0; axis -= 1) {
    const extent = source[axis] as number;
    if (extent !== 1) strides[shape.length - source.length + axis] = stride;
    stride *= extent;
  }
  const position = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < size; i += 1) {
    index[i] = at;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      at += strides[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      if ((position[axis] as number) < (shape[axis] as number)) break;
      at -= (strides[axis] as number) * (shape[axis] as number);
      position[axis] = 0;
    }
  }
  return index;
}
