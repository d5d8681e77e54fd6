import { FloatpathError, float64Tensor, sizeOf, type NetworkNode } from '@floatpath/core';
import { absoluteTensor, reduceToShape } from './arithmetic.js';
import { multiplyMatrices } from './gemm.js';
import { broadcastIndex, broadcastShape, dataOf, typeOf } from './operands.js';
import type { AffineOp, BackwardContext } from './op.js';

interface Product {
  readonly lead: readonly number[];
  readonly leadA: readonly number[];
  readonly leadB: readonly number[];
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly shape: readonly number[];
}

/** NumPy matmul: a rank-1 left operand is a row, a rank-1 right operand a column, leading axes broadcast. */
function productOf(node: NetworkNode, a: readonly number[], b: readonly number[]): Product {
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const [rows = 0, inner = 0] = left.slice(-2);
  const [innerB = 0, columns = 0] = right.slice(-2);
  if (a.length === 0 || b.length === 0 || inner !== innerB) {
    throw new FloatpathError(
      'invalid-network',
      `MatMul: expected matrices that multiply at node "${node.name}", got [${a.join(', ')}] and [${b.join(', ')}]`,
    );
  }
  const leadA = left.slice(0, -2);
  const leadB = right.slice(0, -2);
  const lead = broadcastShape(node, [leadA, leadB]);
  const shape = [...lead, ...(a.length === 1 ? [] : [rows]), ...(b.length === 1 ? [] : [columns])];
  return { lead, leadA, leadB, rows, inner, columns, shape };
}

function transposeLastTwo(context: BackwardContext, value: string, rank: number): string {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  [perm[rank - 1], perm[rank - 2]] = [rank - 2, rank - 1];
  return context.graph.add('Transpose', [value], { perm });
}

/** The matrix product of a data tensor with a constant, on either side. */
export const matmul: AffineOp = {
  type: 'MatMul',
  role: 'affine',
  infer(node, inputs) {
    const a = typeOf(node, inputs, 0);
    return [
      { dtype: a.dtype, shape: productOf(node, a.shape, typeOf(node, inputs, 1).shape).shape },
    ];
  },
  evaluate(node, inputs) {
    const a = dataOf(node, inputs, 0);
    const b = dataOf(node, inputs, 1);
    const { lead, leadA, leadB, rows, inner, columns, shape } = productOf(node, a.shape, b.shape);
    const out = new Float64Array(sizeOf(shape));
    const indexA = broadcastIndex(leadA, lead);
    const indexB = broadcastIndex(leadB, lead);
    for (let block = 0; block < indexA.length; block += 1) {
      const atA = (indexA[block] as number) * rows * inner;
      const atB = (indexB[block] as number) * inner * columns;
      out.set(
        multiplyMatrices(
          a.data.subarray(atA, atA + rows * inner),
          b.data.subarray(atB, atB + inner * columns),
          rows,
          inner,
          columns,
        ),
        block * rows * columns,
      );
    }
    return [float64Tensor(shape, out)];
  },
  offsets: () => [],
  refusal: (_node, isConstant) =>
    isConstant(0) || isConstant(1)
      ? undefined
      : 'a matrix product of two values that depend on the input',
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward(context) {
    const { graph, node, cotangents, needed, inputTypes } = context;
    const cotangent = cotangents[0];
    if (cotangent === undefined) return [undefined, undefined];
    const [a, b] = node.inputs as readonly [string, string];
    const rankA = inputTypes[0]?.shape.length ?? 0;
    const rankB = inputTypes[1]?.shape.length ?? 0;
    const { leadA, leadB, lead, rows, inner, columns } = productOf(
      node,
      inputTypes[0]?.shape ?? [],
      inputTypes[1]?.shape ?? [],
    );
    // A rank-1 operand is worked on as a matrix and squeezed at the end.
    let dY = cotangent;
    if (rankB === 1) dY = graph.add('Unsqueeze', [dY, graph.integers([-1])]);
    if (rankA === 1) dY = graph.add('Unsqueeze', [dY, graph.integers([-2])]);
    const matrixA = rankA === 1 ? graph.add('Unsqueeze', [a, graph.integers([0])]) : a;
    const matrixB = rankB === 1 ? graph.add('Unsqueeze', [b, graph.integers([1])]) : b;
    const finish = (value: string, slot: 0 | 1): string => {
      const [leadTo, matrix] = slot === 0 ? [leadA, [rows, inner]] : [leadB, [inner, columns]];
      const summed = reduceToShape(graph, value, [...lead, ...matrix], [...leadTo, ...matrix]);
      if ((slot === 0 ? rankA : rankB) > 1) return summed;
      return graph.add('Squeeze', [summed, graph.integers([slot === 0 ? -2 : -1])]);
    };
    return [
      needed(0)
        ? finish(
            graph.add('MatMul', [dY, transposeLastTwo(context, matrixB, Math.max(rankB, 2))]),
            0,
          )
        : undefined,
      needed(1)
        ? finish(
            graph.add('MatMul', [transposeLastTwo(context, matrixA, Math.max(rankA, 2)), dY]),
            1,
          )
        : undefined,
    ];
  },
};
