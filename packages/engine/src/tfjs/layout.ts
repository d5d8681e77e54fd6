import { FloatpathError } from '@floatpath/core';
import type { TfjsCall, TfjsCore, TfjsTensor, TfjsValue } from './op.js';

export const plainValue = (tensor: TfjsTensor): TfjsValue => ({ tensor, layout: 'plain' });
export const lastValue = (tensor: TfjsTensor): TfjsValue => ({ tensor, layout: 'channelsLast' });

function toPlain(tf: TfjsCore, tensor: TfjsTensor): TfjsTensor {
  const [rows, height, width, channels] = tensor.shape as [number, number, number, number];
  // The same order in memory where there is one channel or one pixel.
  if (channels === 1 || height * width === 1)
    return tf.reshape(tensor, [rows, channels, height, width]);
  return tf.transpose(tensor, [0, 3, 1, 2]);
}

/** Leading axes of extent one are added to tensors that broadcast to an image. */
function toChannelsLast(tf: TfjsCore, tensor: TfjsTensor): TfjsTensor {
  const missing = new Array<number>(4 - tensor.rank).fill(1);
  const shape = [...missing, ...tensor.shape] as [number, number, number, number];
  const [rows, channels, height, width] = shape;
  if (channels === 1 || height * width === 1)
    return tf.reshape(tensor, [rows, height, width, channels]);
  return tf.transpose(tf.reshape(tensor, shape), [0, 2, 3, 1]);
}

export function valueIn(call: TfjsCall, slot: number): TfjsValue {
  const value = call.inputs[slot];
  if (value !== undefined) return value;
  throw new FloatpathError(
    'invalid-network',
    `${call.node.op}: expected input ${slot} of node "${call.node.name}", got nothing`,
  );
}

/** The input in `slot` in the network's own order of axes. */
export function plain(call: TfjsCall, slot: number): TfjsTensor {
  const { tensor, layout } = valueIn(call, slot);
  return layout === 'plain' ? tensor : toPlain(call.tf, tensor);
}

/** The image in `slot` as `[rows, height, width, channels]`. */
export function channelsLast(call: TfjsCall, slot: number): TfjsTensor {
  const { tensor, layout } = valueIn(call, slot);
  return layout === 'channelsLast' ? tensor : toChannelsLast(call.tf, tensor);
}

/** A value in the network's own order of axes, for outputs. */
export function plainTensor(tf: TfjsCore, { tensor, layout }: TfjsValue): TfjsTensor {
  return layout === 'plain' ? tensor : toPlain(tf, tensor);
}

/**
 * All inputs in one order of axes, for ops that broadcast: channels last as soon as one of them is, so that an image that
 * passes through sums and masks is not reordered.
 */
export function aligned(call: TfjsCall): {
  readonly tensors: readonly TfjsTensor[];
  readonly layout: TfjsValue['layout'];
} {
  const slots = call.inputs.map((_, slot) => slot);
  const isLast = slots.some((slot) => valueIn(call, slot).layout === 'channelsLast');
  return isLast && (call.outputTypes[0]?.shape.length ?? 0) === 4
    ? { tensors: slots.map((slot) => channelsLast(call, slot)), layout: 'channelsLast' }
    : { tensors: slots.map((slot) => plain(call, slot)), layout: 'plain' };
}
