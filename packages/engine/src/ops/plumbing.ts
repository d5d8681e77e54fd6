import {
  boolTensor,
  FloatpathError,
  float64Tensor,
  int64Tensor,
  numbersOf,
  sizeOf,
  type DType,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { binaryEvaluate, reduceToOperand } from './arithmetic.js';
import { broadcastIndex, broadcastShape, constantNumbers, dataOf, typeOf } from './operands.js';
import type { PlumbingOp, ValueType } from './op.js';

function pairShape(node: NetworkNode, inputs: readonly (Tensor | undefined)[]): number[] {
  return broadcastShape(node, [inputs[0]?.shape ?? [], inputs[1]?.shape ?? []]);
}

function comparison(type: string, holds: (a: number, b: number) => boolean): PlumbingOp {
  return {
    type,
    role: 'plumbing',
    infer: (node, inputs) => [
      {
        dtype: 'bool',
        shape: broadcastShape(node, [typeOf(node, inputs, 0).shape, typeOf(node, inputs, 1).shape]),
      },
    ],
    evaluate(node, inputs) {
      const widened = inputs.map((t) => t && float64Tensor(t.shape, numbersOf(t)));
      const out = binaryEvaluate(node, widened, (a, b) => (holds(a, b) ? 1 : 0));
      return [boolTensor(pairShape(node, inputs), Uint8Array.from(out))];
    },
  };
}

export const greater = comparison('Greater', (a, b) => a > b);
export const greaterOrEqual = comparison('GreaterOrEqual', (a, b) => a >= b);
export const less = comparison('Less', (a, b) => a < b);
export const lessOrEqual = comparison('LessOrEqual', (a, b) => a <= b);
export const equal = comparison('Equal', (a, b) => a === b);
export const and = comparison('And', (a, b) => a !== 0 && b !== 0);
export const or = comparison('Or', (a, b) => a !== 0 || b !== 0);

export const not: PlumbingOp = {
  type: 'Not',
  role: 'plumbing',
  infer: (node, inputs) => [{ dtype: 'bool', shape: typeOf(node, inputs, 0).shape }],
  evaluate(_node, inputs) {
    const x = inputs[0] as Tensor;
    return [
      boolTensor(
        x.shape,
        Uint8Array.from(numbersOf(x), (v) => (v === 0 ? 1 : 0)),
      ),
    ];
  },
};

/** Elementwise choice between two tensors. */
export const where: PlumbingOp = {
  type: 'Where',
  role: 'plumbing',
  infer: (node, inputs) => {
    const types = [0, 1, 2].map((slot) => typeOf(node, inputs, slot));
    return [
      {
        dtype: (types[1] as ValueType).dtype,
        shape: broadcastShape(
          node,
          types.map((t) => t.shape),
        ),
      },
    ];
  },
  evaluate(node, inputs) {
    const condition = inputs[0] as Tensor;
    const a = dataOf(node, inputs, 1);
    const b = dataOf(node, inputs, 2);
    const shape = broadcastShape(node, [condition.shape, a.shape, b.shape]);
    const [indexC, indexA, indexB] = [condition, a, b].map((t) =>
      broadcastIndex(t.shape, shape),
    ) as [Int32Array, Int32Array, Int32Array];
    const out = new Float64Array(sizeOf(shape));
    for (let i = 0; i < out.length; i += 1) {
      out[i] = (
        condition.data[indexC[i] as number]
          ? a.data[indexA[i] as number]
          : b.data[indexB[i] as number]
      ) as number;
    }
    return [float64Tensor(shape, out)];
  },
  backward(context) {
    const { graph, node, cotangents, needed } = context;
    const cotangent = cotangents[0];
    if (cotangent === undefined) return [undefined, undefined, undefined];
    const [condition] = node.inputs as readonly [string];
    const zero = graph.scalar(0);
    const masked = (slot: 1 | 2): string | undefined =>
      needed(slot)
        ? reduceToOperand(
            context,
            graph.add(
              'Where',
              slot === 1 ? [condition, cotangent, zero] : [condition, zero, cotangent],
            ),
            slot,
          )
        : undefined;
    return [undefined, masked(1), masked(2)];
  },
};

/** ONNX data type numbers that the IR uses. */
export const castTarget = { float: 1, int64: 7, bool: 9 } as const;

function castType(node: NetworkNode): DType {
  const to = numberAttribute(node, 'to', 0);
  if (to === castTarget.float) return 'float32';
  if (to === castTarget.int64) return 'int64';
  if (to === castTarget.bool) return 'bool';
  throw new FloatpathError(
    'unsupported-op',
    `Cast: expected node "${node.name}" to cast to float, int64 or bool, got type ${to}`,
  );
}

export const cast: PlumbingOp = {
  type: 'Cast',
  role: 'plumbing',
  infer: (node, inputs) => [{ dtype: castType(node), shape: typeOf(node, inputs, 0).shape }],
  evaluate(node, inputs) {
    const x = inputs[0] as Tensor;
    const values = numbersOf(x);
    const to = castType(node);
    if (to === 'bool')
      return [
        boolTensor(
          x.shape,
          Uint8Array.from(values, (v) => (v === 0 ? 0 : 1)),
        ),
      ];
    if (to === 'int64') return [int64Tensor(x.shape, Array.from(values, Math.trunc))];
    return [float64Tensor(x.shape, values)];
  },
};

/** Broadcasts to a larger shape. */
export const expand: PlumbingOp = {
  type: 'Expand',
  role: 'plumbing',
  infer(node, inputs) {
    const x = typeOf(node, inputs, 0);
    const asked = constantNumbers(node, inputs, 1);
    return [{ dtype: x.dtype, shape: broadcastShape(node, [x.shape, asked]) }];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const shape = broadcastShape(node, [x.shape, Array.from(numbersOf(inputs[1] as Tensor))]);
    const index = broadcastIndex(x.shape, shape);
    return [
      float64Tensor(
        shape,
        Float64Array.from(index, (i) => x.data[i] as number),
      ),
    ];
  },
  backward: (context) => [
    context.cotangents[0] === undefined
      ? undefined
      : reduceToOperand(context, context.cotangents[0], 0),
  ],
};
