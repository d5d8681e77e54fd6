import { sizeOf } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { plain, plainValue } from './layout.js';
import type { TfjsOp } from './op.js';

export const gemm: TfjsOp = (call) => {
  const { tf, node } = call;
  const [alpha, beta] = ['alpha', 'beta'].map((name) => numberAttribute(node, name, 1)) as [
    number,
    number,
  ];
  const [transA, transB] = ['transA', 'transB'].map(
    (name) => numberAttribute(node, name, 0) !== 0,
  ) as [boolean, boolean];
  const product = tf.matMul(plain(call, 0), plain(call, 1), transA, transB);
  const scaled = alpha === 1 ? product : tf.mul(product, alpha);
  if (call.inputs[2] === undefined) return [plainValue(scaled)];
  const shift = plain(call, 2);
  return [plainValue(tf.add(scaled, beta === 1 ? shift : tf.mul(shift, beta)))];
};

/** NumPy matmul: a vector on the left is a row, one on the right a column, leading axes broadcast. */
export const matmul: TfjsOp = (call) => {
  const { tf } = call;
  const shape = [...(call.outputTypes[0]?.shape ?? [])];
  const a = plain(call, 0);
  const b = plain(call, 1);
  const left = a.rank === 1 ? tf.reshape(a, [1, a.size]) : a;
  const right = b.rank === 1 ? tf.reshape(b, [b.size, 1]) : b;
  const [inner = 1] = left.shape.slice(-1);
  if (right.rank === 2) {
    // One product of all rows at once.
    const rows = tf.reshape(left, [sizeOf(left.shape) / inner, inner]);
    return [plainValue(tf.reshape(tf.matMul(rows, right), shape))];
  }
  const rank = Math.max(left.rank, right.rank);
  const lead = Array.from({ length: rank - 2 }, (_, axis) =>
    Math.max(left.shape[left.rank - rank + axis] ?? 1, right.shape[right.rank - rank + axis] ?? 1),
  );
  const spread = (tensor: typeof left): typeof left => {
    const whole = tf.broadcastTo(
      tf.reshape(tensor, [...new Array<number>(rank - tensor.rank).fill(1), ...tensor.shape]),
      [...lead, ...tensor.shape.slice(-2)],
    );
    return tf.reshape(whole, [sizeOf(lead), ...tensor.shape.slice(-2)]);
  };
  return [plainValue(tf.reshape(tf.matMul(spread(left), spread(right)), shape))];
};
