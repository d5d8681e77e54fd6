import { float32Tensor, int64Tensor, sizeOf, type Tensor } from '@floatpath/core';
import { isTensor } from '../attribute-types.js';
import type { DraftNode } from '../draft.js';
import { integer } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { invalidNode, unsupportedNode } from '../shapes.js';

/** The tensor that a Constant node holds in one of its attribute forms. */
function heldTensor(node: DraftNode): Tensor {
  const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
  if (value !== undefined && isTensor(value)) return value;
  if (typeof value_float === 'number') return float32Tensor([], [value_float]);
  if (typeof value_int === 'number') return int64Tensor([], [value_int]);
  if (Array.isArray(value_floats))
    return float32Tensor([value_floats.length], value_floats as number[]);
  if (Array.isArray(value_ints)) return int64Tensor([value_ints.length], value_ints as number[]);
  throw unsupportedNode(node, 'without a dense numeric value');
}

export const constant: OpRule = (node, reading) =>
  reading.setConstant(node.outputs[0] ?? '', heldTensor(node));

/** No file needs more elements from a few bytes; a larger claim is an error or an attack. */
export const LARGEST = 2 ** 24;
/** The most elements of a constant that a rule makes of attributes alone: a small file must not fill the memory. */
export const LARGEST_MADE = 2 ** 20;

export const constantOfShape: OpRule = (node, reading) => {
  const shape = reading.integers(node.inputs[0] ?? '')?.data;
  if (shape === undefined) throw unsupportedNode(node, 'with a shape that depends on data');
  if (shape.includes('batch'))
    throw invalidNode(node, 'a shape that does not depend on the number of rows');
  const extents = shape as readonly number[];
  if (extents.some((extent) => extent < 0))
    throw invalidNode(node, `extents >= 0, got shape [${extents.join(', ')}],`);
  if (sizeOf(extents) > LARGEST)
    throw unsupportedNode(node, `of shape [${extents.join(', ')}], more than ${LARGEST} elements,`);
  const { value = float32Tensor([1]) } = node.attributes;
  if (!isTensor(value) || value.data.length !== 1)
    throw invalidNode(node, 'attribute value to be a tensor of one element');
  const data = value.data.constructor as new (size: number) => Tensor['data'];
  const filled = new data(sizeOf(extents));
  filled.fill(value.data[0] as never);
  reading.setConstant(node.outputs[0] ?? '', {
    dtype: value.dtype,
    shape: extents,
    data: filled,
  } as Tensor);
};

/** Identity, and Dropout at inference. */
export const passThrough: OpRule = (node, reading) => {
  const [x = '', , training] = node.inputs;
  const mode = training === undefined ? undefined : reading.constant(training);
  if (training !== undefined && mode?.data[0] !== 0)
    throw unsupportedNode(node, 'in training mode');
  reading.alias(node.outputs[0] ?? '', x);
};

/** Shape becomes known integers. */
export const shapeOf: OpRule = (node, reading) => {
  const shape = reading.shape(node.inputs[0] ?? '');
  const data = shape.slice(integer(node, 'start', 0), integer(node, 'end', shape.length));
  reading.setIntegers(node.outputs[0] ?? '', { shape: [data.length], data });
};
