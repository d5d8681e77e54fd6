// Ops that repeat elements, written with ops that path analysis knows.
import { float32Tensor, sizeOf, type Dimension, type Tensor } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import type { OpRule, Reading } from '../reading.js';
import {
  broadcast,
  fixedShape,
  formatShape,
  frontAxis,
  invalidNode,
  unsupportedNode,
} from '../shapes.js';
import { concat } from './layout.js';
import { LARGEST } from './constant.js';

function knownVector(node: DraftNode, reading: Reading, what: string): readonly Dimension[] {
  const stated = reading.integers(node.inputs[1] ?? '')?.data;
  if (stated === undefined) throw unsupportedNode(node, `with ${what} that depends on data`);
  return stated;
}

function requireSmall(node: DraftNode, shape: readonly Dimension[]): void {
  const size = sizeOf(shape.map((extent) => (extent === 'batch' ? 1 : extent)));
  if (size > LARGEST) {
    throw unsupportedNode(node, `to ${formatShape(shape)}, more than ${LARGEST} elements,`);
  }
}

/** The elements of `tensor` broadcast to `shape`. */
function broadcastTensor(tensor: Tensor, shape: readonly number[]): Tensor {
  const padded = [...shape.map(() => 1), ...tensor.shape].slice(-shape.length);
  const data = tensor.data.constructor as new (size: number) => Tensor['data'];
  const values = new data(sizeOf(shape));
  for (let to = 0; to < values.length; to += 1) {
    let from = 0;
    let stride = 1;
    let rest = to;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const extent = shape[axis] as number;
      const own = padded[axis] as number;
      if (own !== 1) from += (rest % extent) * stride;
      stride *= own;
      rest = Math.floor(rest / extent);
    }
    values[to] = tensor.data[from] as never;
  }
  return { dtype: tensor.dtype, shape, data: values } as Tensor;
}

/** Expand of a constant is done here; of data it is a product with ones, exact and linear. */
export const expand: OpRule = (node, reading) => {
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const from = reading.shape(x);
  const target = broadcast(node, from, knownVector(node, reading, 'a shape'));
  requireSmall(node, target);
  const tensor = reading.constant(x);
  if (tensor !== undefined) {
    reading.setConstant(output, broadcastTensor(tensor, fixedShape(node, target)));
  } else if (target.length === from.length && target.every((extent, i) => extent === from[i])) {
    reading.alias(output, x);
  } else {
    const extents = target.map((extent) => (extent === 'batch' ? 1 : extent));
    const ones = float32Tensor(extents, new Float32Array(sizeOf(extents)).fill(1));
    const inputs = [x, reading.addConstant(`${output}_ones`, ones)];
    reading.emit({ ...node, op: 'Mul', inputs, attributes: {} }, target);
  }
};

const statedRepeats = (node: DraftNode, reading: Reading): readonly number[] =>
  fixedShape(node, knownVector(node, reading, 'repeats'));

/** Before opset 6 a number of copies and one axis, both of the data's own type. */
function oneAxis(node: DraftNode, reading: Reading, rank: number): readonly number[] {
  const [count, stated] = [1, 2].map((slot) => reading.constant(node.inputs[slot] ?? '')?.data[0]);
  if (count === undefined || stated === undefined)
    throw unsupportedNode(node, 'with repeats that depend on data');
  const along = frontAxis(node, Number(stated), rank);
  return Array.from({ length: rank }, (_, axis) => (axis === along ? Number(count) : 1));
}

/** Tile is a Concat of copies, axis by axis. */
export const tile: OpRule = (node, reading) => {
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const from = reading.shape(x);
  const repeats =
    reading.opset < 6 ? oneAxis(node, reading, from.length) : statedRepeats(node, reading);
  if (
    repeats.length !== from.length ||
    repeats.some((count) => !(count >= 1) || !Number.isInteger(count))
  ) {
    throw invalidNode(node, `one repeat >= 1 per axis of ${formatShape(from)}`);
  }
  requireSmall(
    node,
    from.map((extent, axis) => (extent === 'batch' ? 1 : extent) * (repeats[axis] ?? 1)),
  );
  const axes = repeats.flatMap((count, axis) => (count > 1 ? [axis] : []));
  let current = x;
  for (const axis of axes) {
    const inputs = new Array<string>(repeats[axis] ?? 1).fill(current);
    current = axis === axes.at(-1) ? output : reading.freshName(`${output}_tile`);
    concat({ ...node, op: 'Concat', inputs, outputs: [current], attributes: { axis } }, reading);
  }
  if (axes.length === 0) reading.alias(output, x);
};
