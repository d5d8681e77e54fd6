import type { Dimension } from '@floatpath/core';
import { float, integer } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { broadcast, formatShape, invalidNode } from '../shapes.js';

/** alpha op(A) op(B) + beta C, all attributes written out. */
export const gemm: OpRule = (node, reading) => {
  const [a = '', b = '', c] = node.inputs;
  const attributes = {
    alpha: float(node, 'alpha', 1),
    beta: float(node, 'beta', 1),
    transA: integer(node, 'transA', 0) === 0 ? 0 : 1,
    transB: integer(node, 'transB', 0) === 0 ? 0 : 1,
  };
  const left = reading.shape(a);
  const right = reading.shape(b);
  const [rows, inner] = attributes.transA === 1 ? [...left].reverse() : left;
  const [innerRight, columns] = attributes.transB === 1 ? [...right].reverse() : right;
  if (left.length !== 2 || right.length !== 2 || inner !== innerRight || inner === 'batch') {
    throw invalidNode(
      node,
      `two matrices that multiply, got ${formatShape(left)} and ${formatShape(right)},`,
    );
  }
  const shape = [rows, columns] as Dimension[];
  if (c !== undefined) {
    const full = broadcast(node, shape, reading.shape(c));
    if (full.length !== 2 || full.some((extent, i) => extent !== shape[i])) {
      throw invalidNode(
        node,
        `an added term that fits ${formatShape(shape)}, got ${formatShape(reading.shape(c))},`,
      );
    }
  }
  reading.emit({ ...node, attributes }, shape);
};

/** NumPy's matmul: rank-1 operands get an extent 1 for the product, leading axes broadcast. */
export const matmul: OpRule = (node, reading) => {
  const [a = '', b = ''] = node.inputs;
  const left = reading.shape(a);
  const right = reading.shape(b);
  const matrixLeft = left.length === 1 ? [1, ...left] : left;
  const matrixRight = right.length === 1 ? [...right, 1] : right;
  const inner = matrixLeft.at(-1);
  if (
    left.length === 0 ||
    right.length === 0 ||
    inner !== matrixRight.at(-2) ||
    inner === 'batch'
  ) {
    throw invalidNode(
      node,
      `two tensors that multiply, got ${formatShape(left)} and ${formatShape(right)},`,
    );
  }
  const leading = broadcast(node, matrixLeft.slice(0, -2), matrixRight.slice(0, -2));
  const rows = left.length === 1 ? [] : matrixLeft.slice(-2, -1);
  const columns = right.length === 1 ? [] : matrixRight.slice(-1);
  reading.emit({ ...node, attributes: {} }, [...leading, ...rows, ...columns]);
};
