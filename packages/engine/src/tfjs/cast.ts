import { FloatpathError } from '@floatpath/core';
import { valueIn } from './layout.js';
import type { TfjsOp } from './op.js';

/** int64 values are int32 on the backend: a number beyond that fails the run, it is never cut. */
export const cast: TfjsOp = (call) => {
  const { tf, node } = call;
  const { tensor, layout } = valueIn(call, 0);
  const to = call.outputTypes[0]?.dtype;
  if (to === 'bool') return [{ tensor: tf.notEqual(tensor, tf.cast(0, tensor.dtype)), layout }];
  if (to === 'float32') return [{ tensor: tf.cast(tensor, 'float32'), layout }];
  if (to !== 'int64') {
    throw new FloatpathError(
      'unsupported-op',
      `Cast: expected node "${node.name}" to cast to float32, int64 or bool, got ${String(to)}`,
    );
  }
  if (tensor.dtype === 'float32' && tensor.size > 0) {
    // A NaN fails the comparison too.
    const largest = tf.max(tf.abs(tensor));
    call.require(tf.less(largest, 2 ** 31), 'numbers that fit 32-bit integers');
  }
  return [{ tensor: tf.cast(tensor, 'int32'), layout }];
};
