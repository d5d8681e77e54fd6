import { float32Tensor, numbersOf, type Tensor } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { float, integer } from '../node-attributes.js';
import type { OpRule, Reading } from '../reading.js';
import { broadcast, invalidNode, unsupportedNode, type Shape } from '../shapes.js';
import { emitReshape } from './reshape.js';

/** One input, same shape out; keeps the float attributes named in `defaults`. */
export function unary(defaults: Readonly<Record<string, number>> = {}): OpRule {
  return (node, reading) => {
    const [x = ''] = node.inputs;
    const attributes = Object.fromEntries(
      Object.entries(defaults).map(([name, fallback]) => [name, float(node, name, fallback)]),
    );
    reading.emit({ ...node, inputs: [x], attributes }, reading.shape(x));
  };
}

const selu6 = unary({ alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 });
const selu1 = unary({ alpha: 1.6732, gamma: 1.0507 });

/** Selu, whose defaults had fewer digits before opset 6. */
export const selu: OpRule = (node, reading) => (reading.opset < 6 ? selu1 : selu6)(node, reading);

/**
 * A tensor that older opsets align with axes of another from `axis` on: extents 1 are appended until NumPy's alignment
 * from the end is the same.
 */
export function alignedAt(
  name: string,
  axis: number,
  rank: number,
  node: DraftNode,
  reading: Reading,
): string {
  const shape = reading.shape(name);
  const trailing = rank - axis - shape.length;
  if (axis < 0 || trailing < 0)
    throw invalidNode(node, `an axis that input "${name}" fits at, got ${axis},`);
  if (trailing === 0) return name;
  const tensor = reading.constant(name);
  const aligned: Shape = [...shape, ...new Array<number>(trailing).fill(1)];
  if (tensor !== undefined) {
    return reading.addConstant(`${name}_aligned`, { ...tensor, shape: aligned } as Tensor);
  }
  const output = reading.freshName(`${name}_aligned`);
  emitReshape({ ...node, inputs: [name], outputs: [output] }, aligned, reading);
  return output;
}

/** Add, Sub, Mul, Div. Before opset 7 `broadcast` and `axis` said how the second operand lines up. */
export const binary: OpRule = (node, reading) => {
  const [a = '', given = ''] = node.inputs;
  const shape = reading.shape(a);
  const legacyAxis =
    reading.opset < 7 && integer(node, 'broadcast', 0) === 1 ? node.attributes['axis'] : undefined;
  const rank = shape.length;
  const axis = legacyAxis === undefined ? undefined : integer(node, 'axis', 0);
  const b =
    axis === undefined
      ? given
      : alignedAt(given, axis < 0 ? axis + rank : axis, rank, node, reading);
  reading.emit(
    { ...node, inputs: [a, b], attributes: {} },
    broadcast(node, shape, reading.shape(b)),
  );
};

/** Max, Min of any number of tensors. */
export const variadic: OpRule = (node, reading) => {
  const shapes = node.inputs.map((name) => reading.shape(name));
  const shape = shapes.reduce((all, next) => broadcast(node, all, next));
  reading.emit({ ...node, attributes: {} }, shape);
};

/** Adds up the inputs of `node` in a chain that ends in `output`; a single one needs no node. */
function emitSum(node: DraftNode, output: string, reading: Reading): string {
  const [first = '', ...rest] = node.inputs;
  return rest.reduce((total, term, i) => {
    const next = i === rest.length - 1 ? output : reading.freshName(`${output}_sum`);
    binary({ ...node, op: 'Add', inputs: [total, term], outputs: [next], attributes: {} }, reading);
    return next;
  }, first);
}

/** Sum of any number of tensors as a chain of Add. */
export const sum: OpRule = (node, reading) => {
  const [output = ''] = node.outputs;
  const total = emitSum(node, output, reading);
  if (total !== output) reading.alias(output, total);
};

/** Mean of any number of tensors: their sum divided by their number. */
export const mean: OpRule = (node, reading) => {
  const [output = ''] = node.outputs;
  const total = emitSum(node, reading.freshName(`${output}_sum`), reading);
  const count = float32Tensor([], [node.inputs.length]);
  const inputs = [total, reading.addConstant(`${output}_count`, count)];
  reading.emit({ ...node, op: 'Div', inputs, attributes: {} }, reading.shape(total));
};

/** Pow with an exponent that is the same for every input, as float32. */
export const pow: OpRule = (node, reading) => {
  const [x = '', given = ''] = node.inputs;
  const tensor = reading.constant(given);
  if (tensor === undefined) throw unsupportedNode(node, 'with an exponent that depends on data');
  const exponent =
    tensor.dtype === 'int64'
      ? reading.addConstant(`${given}_float`, float32Tensor(tensor.shape, numbersOf(tensor)))
      : given;
  binary({ ...node, inputs: [x, exponent] }, reading);
};

/** Bounds were attributes before opset 11. A bound that float32 cannot pass is no bound. */
export const clip: OpRule = (node, reading) => {
  const [x = '', ...bounds] = node.inputs;
  const bound = (at: number, attribute: 'min' | 'max'): string => {
    const legacy = node.attributes[attribute];
    if (reading.opset < 11) {
      if (typeof legacy !== 'number' || Math.abs(legacy) > 3.4e38) return '';
      return reading.addConstant(`${node.outputs[0]}_${attribute}`, float32Tensor([], [legacy]));
    }
    const name = bounds[at] ?? '';
    const tensor = reading.constant(name);
    const value = Number(tensor?.data[0]);
    return tensor !== undefined && (attribute === 'min' ? value < -3.4e38 : value > 3.4e38)
      ? ''
      : name;
  };
  const inputs = [x, bound(0, 'min'), bound(1, 'max')];
  while (inputs.at(-1) === '') inputs.pop();
  reading.emit({ ...node, inputs, attributes: {} }, reading.shape(x));
};

/** Before opset 7 a slope of one value per channel lined up with axis 1. */
export const prelu: OpRule = (node, reading) => {
  const [x = '', given = ''] = node.inputs;
  const shape = reading.shape(x);
  const perChannel =
    reading.opset < 7 && reading.shape(given).length === 1 && reading.shape(given)[0] !== 1;
  const slope = perChannel ? alignedAt(given, 1, shape.length, node, reading) : given;
  reading.emit(
    { ...node, inputs: [x, slope], attributes: {} },
    broadcast(node, shape, reading.shape(slope)),
  );
};
