import { FloatpathError, float64Tensor, type NetworkNode, type Tensor } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { absoluteTensor, productOffsets, reduceToOperand } from './arithmetic.js';
import { broadcastIndex, broadcastShape, dataOf, typeOf } from './operands.js';
import type { AffineOp, BackwardContext } from './op.js';

interface GemmForm {
  readonly alpha: number;
  readonly beta: number;
  readonly transA: boolean;
  readonly transB: boolean;
}

function formOf(node: NetworkNode): GemmForm {
  return {
    alpha: numberAttribute(node, 'alpha', 1),
    beta: numberAttribute(node, 'beta', 1),
    transA: numberAttribute(node, 'transA', 0) !== 0,
    transB: numberAttribute(node, 'transB', 0) !== 0,
  };
}

function sizes(
  node: NetworkNode,
  a: readonly number[],
  b: readonly number[],
): [number, number, number] {
  const { transA, transB } = formOf(node);
  const [rows = 0, innerA = 0] = transA ? [a[1], a[0]] : a;
  const [innerB = 0, columns = 0] = transB ? [b[1], b[0]] : b;
  if (a.length !== 2 || b.length !== 2 || innerA !== innerB) {
    throw new FloatpathError(
      'invalid-network',
      `Gemm: expected matrices that multiply at node "${node.name}", got [${a.join(', ')}] and [${b.join(', ')}]`,
    );
  }
  return [rows, innerA, columns];
}

/**
 * Product of row-major matrices, `b` given as `[inner, columns]` or, if `transB`, as `[columns, inner]`; zero elements of
 * `a` are skipped, so sparse rows are cheap.
 */
export function multiplyMatrices(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  transB = false,
): Float64Array {
  const out = new Float64Array(rows * columns);
  const nonZero = new Int32Array(inner);
  for (let row = 0; row < rows; row += 1) {
    const aRow = a.subarray(row * inner, (row + 1) * inner);
    const outRow = out.subarray(row * columns, (row + 1) * columns);
    let count = 0;
    for (let k = 0; k < inner; k += 1) if (aRow[k] !== 0) nonZero[count++] = k;
    if (transB) {
      for (let column = 0; column < columns; column += 1) {
        let sum = 0;
        const at = column * inner;
        for (let i = 0; i < count; i += 1) {
          const k = nonZero[i] as number;
          sum += (aRow[k] as number) * (b[at + k] as number);
        }
        outRow[column] = sum;
      }
      continue;
    }
    for (let i = 0; i < count; i += 1) {
      const k = nonZero[i] as number;
      const value = aRow[k] as number;
      const at = k * columns;
      for (let column = 0; column < columns; column += 1) {
        outRow[column] = (outRow[column] as number) + value * (b[at + column] as number);
      }
    }
  }
  return out;
}

function transposeMatrix(data: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      out[column * rows + row] = data[row * columns + column] as number;
    }
  }
  return out;
}

function evaluate(node: NetworkNode, inputs: readonly (Tensor | undefined)[]): readonly Tensor[] {
  const { alpha, beta, transA, transB } = formOf(node);
  const a = dataOf(node, inputs, 0);
  const b = dataOf(node, inputs, 1);
  const [rows, inner, columns] = sizes(node, a.shape, b.shape);
  const left = transA ? transposeMatrix(a.data, inner, rows) : a.data;
  const out = multiplyMatrices(left, b.data, rows, inner, columns, transB);
  if (alpha !== 1) for (let i = 0; i < out.length; i += 1) out[i] = (out[i] as number) * alpha;
  if (inputs[2] !== undefined) {
    const c = dataOf(node, inputs, 2);
    const index = broadcastIndex(c.shape, [rows, columns]);
    for (let i = 0; i < out.length; i += 1) {
      out[i] = (out[i] as number) + beta * (c.data[index[i] as number] as number);
    }
  }
  return [float64Tensor([rows, columns], out)];
}

function scaled(context: BackwardContext, factor: number, value: string): string {
  return factor === 1 ? value : context.graph.add('Mul', [value, context.graph.scalar(factor)]);
}

/** alpha A B + beta C, with A or B optionally transposed; one of A and B constant. */
export const gemm: AffineOp = {
  type: 'Gemm',
  role: 'affine',
  infer(node, inputs) {
    const a = typeOf(node, inputs, 0);
    const [rows, , columns] = sizes(node, a.shape, typeOf(node, inputs, 1).shape);
    const whole = broadcastShape(node, [[rows, columns], inputs[2]?.shape ?? []]);
    if (whole.length !== 2 || whole[0] !== rows || whole[1] !== columns) {
      throw new FloatpathError(
        'invalid-network',
        `Gemm: expected a bias that fits [${rows}, ${columns}] at node "${node.name}", got [${inputs[2]?.shape.join(', ') ?? ''}]`,
      );
    }
    return [{ dtype: a.dtype, shape: [rows, columns] }];
  },
  evaluate,
  offsets: productOffsets,
  refusal: (_node, isConstant) =>
    isConstant(0) || isConstant(1)
      ? undefined
      : 'a matrix product of two values that depend on the input',
  absolute(node, inputs) {
    const { alpha, beta } = formOf(node);
    const flip = (tensor: Tensor | undefined, negative: boolean): Tensor | undefined =>
      tensor?.dtype === 'float64' && negative
        ? float64Tensor(
            tensor.shape,
            tensor.data.map((v) => -Math.abs(v)),
          )
        : absoluteTensor(tensor);
    return [absoluteTensor(inputs[0]), flip(inputs[1], alpha < 0), flip(inputs[2], beta < 0)];
  },
  backward(context) {
    const { graph, node, cotangents, needed } = context;
    const cotangent = cotangents[0];
    if (cotangent === undefined) return [undefined, undefined, undefined];
    const { alpha, beta, transA, transB } = formOf(node);
    const [a, b] = node.inputs as readonly [string, string];
    // Y = A' B' with A' = A or A^T: dA' = dY B'^T, dB' = A'^T dY, transposed back where needed.
    const dA = !needed(0)
      ? undefined
      : transA
        ? graph.add('Gemm', [b, cotangent], { alpha, transA: transB ? 1 : 0, transB: 1 })
        : graph.add('Gemm', [cotangent, b], { alpha, transB: transB ? 0 : 1 });
    const dB = !needed(1)
      ? undefined
      : transB
        ? graph.add('Gemm', [cotangent, a], { alpha, transA: 1, transB: transA ? 1 : 0 })
        : graph.add('Gemm', [a, cotangent], { alpha, transA: transA ? 0 : 1 });
    const dC = needed(2)
      ? scaled(context, beta, reduceToOperand(context, cotangent, 2))
      : undefined;
    return [dA, dB, dC];
  },
};
