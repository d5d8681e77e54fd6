import {
  boolTensor,
  float32Tensor,
  float64Tensor,
  int64Tensor,
  numbersOf,
  type Tensor,
} from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { integer } from '../node-attributes.js';
import { TensorProto_DataType as Type } from '../onnx_pb.js';
import type { OpRule, Reading } from '../reading.js';
import { fixedShape, unsupportedNode } from '../shapes.js';

/** The type that a Cast names: a number, before opset 6 its name. */
export function castTarget(node: DraftNode): string {
  const { to } = node.attributes;
  const names = Type as Record<number, string | undefined>;
  return typeof to === 'string' ? to : (names[integer(node, 'to', 0)] ?? 'UNDEFINED');
}

const converters: Readonly<Record<string, (tensor: Tensor) => Tensor>> = {
  FLOAT: ({ shape, ...tensor }) => float32Tensor(shape, numbersOf({ ...tensor, shape } as Tensor)),
  DOUBLE: (tensor) => float64Tensor(tensor.shape, numbersOf(tensor)),
  INT64: (tensor) => whole(tensor),
  INT32: (tensor) => whole(tensor),
  BOOL: (tensor) =>
    boolTensor(
      tensor.shape,
      numbersOf(tensor).map((value) => (value === 0 ? 0 : 1)),
    ),
};

const whole = (tensor: Tensor): Tensor =>
  tensor.dtype === 'int64' ? tensor : int64Tensor(tensor.shape, numbersOf(tensor).map(Math.trunc));

function knownIntegers(node: DraftNode, reading: Reading): Tensor | undefined {
  const known = reading.integers(node.inputs[0] ?? '');
  if (known === undefined) return undefined;
  return int64Tensor(known.shape, fixedShape(node, known.data));
}

/**
 * Cast of a constant is done here. Cast of data between float32 and float64 is left out: this network computes in float32
 * throughout. Others round or threshold data and are refused.
 */
export const cast: OpRule = (node, reading) => {
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const target = castTarget(node);
  const convert = converters[target];
  const tensor = reading.constant(x) ?? knownIntegers(node, reading);
  if (tensor !== undefined && convert !== undefined) reading.setConstant(output, convert(tensor));
  else if (reading.dtype(x) === 'float32' && (target === 'FLOAT' || target === 'DOUBLE')) {
    reading.alias(output, x);
  } else {
    throw unsupportedNode(node, `from ${reading.dtype(x)} to ${target.toLowerCase()}`);
  }
};
