import {
  FloatpathError,
  float64Tensor,
  sizeOf,
  type DType,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { broadcastIndex, broadcastShape, dataOf, typeOf } from './operands.js';
import type { GraphBuilder } from '../graph-builder.js';
import type { AffineOp, BackwardContext, ValueType } from './op.js';

type Operands = readonly (Tensor | undefined)[];

const isFloat = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float64';

/** Type rule of two-operand ops with NumPy broadcasting. */
export function binaryType(
  node: NetworkNode,
  inputs: readonly (ValueType | undefined)[],
): readonly ValueType[] {
  const a = typeOf(node, inputs, 0);
  const b = typeOf(node, inputs, 1);
  if (!isFloat(a.dtype) || !isFloat(b.dtype)) {
    throw new FloatpathError(
      'unsupported-op',
      `${node.op}: expected floating-point operands at node "${node.name}", got ${a.dtype} and ${b.dtype}`,
    );
  }
  return [{ dtype: a.dtype, shape: broadcastShape(node, [a.shape, b.shape]) }];
}

/** Applies `f` to broadcast pairs of elements. */
export function binaryEvaluate(
  node: NetworkNode,
  inputs: Operands,
  f: (a: number, b: number) => number,
): Float64Array {
  const a = dataOf(node, inputs, 0);
  const b = dataOf(node, inputs, 1);
  const shape = broadcastShape(node, [a.shape, b.shape]);
  const out = new Float64Array(sizeOf(shape));
  const indexA = broadcastIndex(a.shape, shape);
  const indexB = broadcastIndex(b.shape, shape);
  for (let i = 0; i < out.length; i += 1) {
    out[i] = f(a.data[indexA[i] as number] as number, b.data[indexB[i] as number] as number);
  }
  return out;
}

function binaryTensor(
  node: NetworkNode,
  inputs: Operands,
  f: (a: number, b: number) => number,
): readonly Tensor[] {
  const shape = broadcastShape(node, [
    dataOf(node, inputs, 0).shape,
    dataOf(node, inputs, 1).shape,
  ]);
  return [float64Tensor(shape, binaryEvaluate(node, inputs, f))];
}

export function absoluteTensor(tensor: Tensor | undefined): Tensor | undefined {
  return tensor?.dtype === 'float64'
    ? float64Tensor(tensor.shape, tensor.data.map(Math.abs))
    : tensor;
}

export function negativeTensor(tensor: Tensor | undefined): Tensor | undefined {
  return tensor?.dtype === 'float64'
    ? float64Tensor(
        tensor.shape,
        tensor.data.map((v) => -v),
      )
    : tensor;
}

/** Sums a cotangent of the output's shape back to the shape of the broadcast operand in `slot`. */
export function reduceToOperand(context: BackwardContext, cotangent: string, slot: number): string {
  const { graph, inputTypes, outputTypes } = context;
  return reduceToShape(
    graph,
    cotangent,
    outputTypes[0]?.shape ?? [],
    inputTypes[slot]?.shape ?? [],
  );
}

/** Sums a value of shape `from` over the axes along which `to` was broadcast to it. */
export function reduceToShape(
  graph: GraphBuilder,
  cotangent: string,
  from: readonly number[],
  to: readonly number[],
): string {
  const lead = from.length - to.length;
  const axes = from.flatMap((extent, axis) =>
    axis < lead || (extent !== 1 && to[axis - lead] === 1) ? [axis] : [],
  );
  if (axes.length === 0) return cotangent;
  const summed = graph.add('ReduceSum', [cotangent, graph.integers(axes)], { keepdims: 1 });
  return lead === 0
    ? summed
    : graph.add('Squeeze', [summed, graph.integers(from.slice(0, lead).map((_, axis) => axis))]);
}

/** The sum of two tensors, at most one of them constant. */
export const add: AffineOp = {
  type: 'Add',
  role: 'affine',
  infer: binaryType,
  evaluate: (node, inputs) => binaryTensor(node, inputs, (a, b) => a + b),
  offsets: (_node, isConstant) => [0, 1].filter(isConstant),
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward: (context) =>
    [0, 1].map((slot) =>
      context.cotangents[0] !== undefined && context.needed(slot)
        ? reduceToOperand(context, context.cotangents[0], slot)
        : undefined,
    ),
};

export const subtract: AffineOp = {
  type: 'Sub',
  role: 'affine',
  infer: binaryType,
  evaluate: (node, inputs) => binaryTensor(node, inputs, (a, b) => a - b),
  offsets: (_node, isConstant) => [0, 1].filter(isConstant),
  // |a - b| <= |a| + |b| = |a| - (-|b|)
  absolute: (_node, inputs) => [
    absoluteTensor(inputs[0]),
    negativeTensor(absoluteTensor(inputs[1])),
  ],
  backward: (context) =>
    [0, 1].map((slot) => {
      const cotangent = context.cotangents[0];
      if (cotangent === undefined || !context.needed(slot)) return undefined;
      const reduced = reduceToOperand(context, cotangent, slot);
      return slot === 0 ? reduced : context.graph.add('Neg', [reduced]);
    }),
};

const productOfData = 'a product of two values that both depend on the input';

export const multiply: AffineOp = {
  type: 'Mul',
  role: 'affine',
  infer: binaryType,
  evaluate: (node, inputs) => binaryTensor(node, inputs, (a, b) => a * b),
  offsets: () => [],
  refusal: (_node, isConstant) => (isConstant(0) || isConstant(1) ? undefined : productOfData),
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward: (context) =>
    [0, 1].map((slot) => {
      const cotangent = context.cotangents[0];
      if (cotangent === undefined || !context.needed(slot)) return undefined;
      const other = context.node.inputs[1 - slot] as string;
      return reduceToOperand(context, context.graph.add('Mul', [cotangent, other]), slot);
    }),
};

/** Division by a constant. */
export const divide: AffineOp = {
  type: 'Div',
  role: 'affine',
  infer: binaryType,
  evaluate: (node, inputs) => binaryTensor(node, inputs, (a, b) => a / b),
  offsets: () => [],
  refusal: (_node, isConstant) =>
    isConstant(1) ? undefined : 'a division by a value that depends on the input',
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward: (context) => {
    const { graph, node, needed } = context;
    const cotangent = context.cotangents[0];
    if (cotangent === undefined) return [undefined, undefined];
    const scaled = graph.add('Div', [cotangent, node.inputs[1] as string]);
    // d(a / b) / db = -(a / b) / b
    const shrinking = (): string =>
      graph.add('Neg', [graph.add('Mul', [scaled, node.outputs[0] as string])]);
    return [
      needed(0) ? reduceToOperand(context, scaled, 0) : undefined,
      needed(1) ? reduceToOperand(context, shrinking(), 1) : undefined,
    ];
  },
};

export const negate: AffineOp = {
  type: 'Neg',
  role: 'affine',
  infer: (node, inputs) => [typeOf(node, inputs, 0)].map(({ dtype, shape }) => ({ dtype, shape })),
  evaluate: (node, inputs) => [negativeTensor(dataOf(node, inputs, 0)) as Tensor],
  offsets: () => [],
  // -(-|h|) = |h|
  absolute: (_node, inputs) => inputs.map(negativeTensor),
  backward: ({ graph, cotangents: [cotangent] }) => [
    cotangent === undefined ? undefined : graph.add('Neg', [cotangent]),
  ],
};

/** Offsets of ops that are a product of slots 0 and 1 plus a shift in slot 2, whichever of them depend on the input. */
export const productOffsets: AffineOp['offsets'] = (node, isConstant) => {
  const shift = node.inputs[2] && isConstant(2) ? [2] : [];
  return isConstant(0) && isConstant(1) ? [0, ...shift] : shift;
};
