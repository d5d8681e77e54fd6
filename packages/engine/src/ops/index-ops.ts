import {
  FloatpathError,
  float64Tensor,
  int64Tensor,
  numbersOf,
  sizeOf,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { axisAttribute, numberAttribute } from '../attributes.js';
import { constantNumbers, dataOf, typeOf } from './operands.js';
import type { PlumbingOp } from './op.js';

function argMaxShape(node: NetworkNode, shape: readonly number[]): readonly number[] {
  const axis = axisAttribute(node, 0, shape.length);
  return numberAttribute(node, 'keepdims', 1) !== 0
    ? shape.with(axis, 1)
    : shape.toSpliced(axis, 1);
}

/** Index of the largest element along one axis, the lowest on ties. */
export const argMax: PlumbingOp = {
  type: 'ArgMax',
  role: 'plumbing',
  infer(node, inputs) {
    if (numberAttribute(node, 'select_last_index', 0) !== 0) {
      throw new FloatpathError(
        'unsupported-op',
        `ArgMax: expected the first index on ties at node "${node.name}", got select_last_index`,
      );
    }
    return [{ dtype: 'int64', shape: argMaxShape(node, typeOf(node, inputs, 0).shape) }];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const axis = axisAttribute(node, 0, x.shape.length);
    const extent = x.shape[axis] as number;
    const stride = sizeOf(x.shape.slice(axis + 1));
    const best = Array.from({ length: x.data.length / extent }, (_, line) => {
      const start = Math.floor(line / stride) * stride * extent + (line % stride);
      const value = (j: number): number => x.data[start + j * stride] as number;
      let at = 0;
      for (let j = 1; j < extent; j += 1) if (value(j) > value(at)) at = j;
      return at;
    });
    return [int64Tensor(argMaxShape(node, x.shape), best)];
  },
};

function requireLastAxis(node: NetworkNode, rank: number): void {
  if (axisAttribute(node, -1, rank + 1) === rank) return;
  throw new FloatpathError(
    'unsupported-op',
    `OneHot: expected a new last axis at node "${node.name}", got axis ${numberAttribute(node, 'axis', -1)}`,
  );
}

/** One-hot rows along a new last axis; as in ONNX, an index below 0 counts from the end and one beyond gives no hot element. */
export const oneHot: PlumbingOp = {
  type: 'OneHot',
  role: 'plumbing',
  infer(node, inputs) {
    const index = typeOf(node, inputs, 0);
    requireLastAxis(node, index.shape.length);
    const [depth = 0] = constantNumbers(node, inputs, 1);
    return [{ dtype: typeOf(node, inputs, 2).dtype, shape: [...index.shape, depth] }];
  },
  evaluate(node, inputs) {
    const index = numbersOf(inputs[0] as Tensor);
    const depth = numbersOf(inputs[1] as Tensor)[0] as number;
    const [off = 0, on = 1] = dataOf(node, inputs, 2).data;
    const out = new Float64Array(index.length * depth).fill(off);
    index.forEach((at, row) => {
      const column = at < 0 ? at + depth : at;
      if (column >= 0 && column < depth) out[row * depth + column] = on;
    });
    return [float64Tensor([...(inputs[0] as Tensor).shape, depth], out)];
  },
};
