import { numberAttribute } from '../attributes.js';
import { plain, valueIn } from './layout.js';
import type { TfjsOp, TfjsTensor } from './op.js';

/** Per channel scale (x - mean) / sqrt(variance + epsilon) + shift, whichever way the image lies. */
export const batchNormalization: TfjsOp = (call) => {
  const { tf, node } = call;
  const { tensor, layout } = valueIn(call, 0);
  const perChannel = (values: TfjsTensor): TfjsTensor =>
    layout === 'channelsLast'
      ? values
      : tf.reshape(values, [values.size, ...tensor.shape.slice(2).map(() => 1)]);
  const deviation = tf.sqrt(tf.add(plain(call, 4), numberAttribute(node, 'epsilon', 1e-5)));
  const scale = perChannel(tf.div(plain(call, 1), deviation));
  const centered = tf.sub(tensor, perChannel(plain(call, 3)));
  return [{ tensor: tf.add(tf.mul(centered, scale), perChannel(plain(call, 2))), layout }];
};
