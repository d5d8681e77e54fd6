import {
  float32Tensor,
  float64Tensor,
  type Attributes,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { numberAttribute } from '../attributes.js';

/** A node that multiplies rows by a constant matrix and may add a constant row: its first input is the data. */
export interface DenseLayer {
  readonly inner: number;
  readonly columns: number;
  /**
   * The layer between some of its inputs and some of its outputs, in the order given: weights, then offsets where it has some, as
   * further inputs of a node of the same op.
   */
  restricted(rows: readonly number[], columns: readonly number[]): readonly Tensor[];
  readonly attributes: Attributes;
}

/** The dense layer that a node is, if its op multiplies rows by a constant matrix of floats. */
export function denseLayer(
  node: NetworkNode,
  constants: ReadonlyMap<string, Tensor>,
): DenseLayer | undefined {
  const [, matrix = '', row = ''] = node.inputs;
  const [weights, offset] = [constants.get(matrix), constants.get(row)];
  if (node.op !== 'Gemm' || numberAttribute(node, 'transA', 0) !== 0) return undefined;
  const isFloat = weights?.dtype === 'float32' || weights?.dtype === 'float64';
  if (!isFloat || (row !== '' && offset?.dtype !== weights.dtype)) return undefined;
  const tensorOf = weights.dtype === 'float32' ? float32Tensor : float64Tensor;
  const transposed = numberAttribute(node, 'transB', 0) !== 0;
  const [first = 0, second = 0] = weights.shape;
  const [inner, columns] = transposed ? [second, first] : [first, second];
  const width = offset?.data.length ?? columns;
  const isOneRow = width === 1 || (width === columns && offset?.shape.at(-1) === columns);
  if (offset !== undefined && !isOneRow) return undefined;
  const weightAt = (i: number, j: number): number =>
    weights.data[transposed ? j * inner + i : i * columns + j] as number;
  return {
    inner,
    columns,
    attributes: { ...node.attributes, transB: 0 },
    restricted(rows, picked) {
      const values = new Float64Array(rows.length * picked.length);
      rows.forEach((i, r) =>
        picked.forEach((j, c) => {
          values[r * picked.length + c] = weightAt(i, j);
        }),
      );
      const made: Tensor[] = [tensorOf([rows.length, picked.length], values)];
      if (offset === undefined) return made;
      const offsets = picked.map((j) => Number(offset.data[width === 1 ? 0 : j]));
      return [...made, tensorOf([picked.length], offsets)];
    },
  };
}
