import { divisors } from '../ops/average-pool.js';
import { reachBeyond, windowForm, type WindowForm } from '../ops/window.js';
import { bordered, type Image } from './border.js';
import { channelsLast, lastValue } from './layout.js';
import type { TfjsCall, TfjsOp } from './op.js';

/** The form of the windows, and the image with the border that makes every window lie inside. */
function windowed(call: TfjsCall, value: number): { form: WindowForm; image: Image } {
  const form = windowForm(call.node, call.inputTypes[0]?.shape ?? []);
  const [top, left] = form.pads;
  const [bottom, right] = reachBeyond(form);
  const image = bordered(
    call.tf,
    channelsLast(call, 0) as Image,
    [top, left, bottom, right],
    value,
  );
  return { form, image };
}

/** Padding is never a candidate. Dilated windows, which TensorFlow.js has not, are compared position by position. */
export const maxPool: TfjsOp = (call) => {
  const { tf } = call;
  const { form, image } = windowed(call, -Infinity);
  const { kernel, strides, dilations, to } = form;
  if (dilations.every((dilation) => dilation === 1))
    return [lastValue(tf.maxPool(image, [...kernel], [...strides], 'valid'))];
  const candidates = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const y = Math.floor(tap / kernel[1]) * dilations[0];
    const x = (tap % kernel[1]) * dilations[1];
    return tf.stridedSlice(
      image,
      [0, y, x, 0],
      [
        to.rows,
        y + (to.height - 1) * strides[0] + 1,
        x + (to.width - 1) * strides[1] + 1,
        to.channels,
      ],
      [1, ...strides, 1],
    );
  });
  return [lastValue(candidates.reduce((a, b) => tf.maximum(a, b)))];
};

/** The sum of every window over the number of elements that count. */
export const averagePool: TfjsOp = (call) => {
  const { tf, node } = call;
  const { form, image } = windowed(call, 0);
  const { kernel, strides, to } = form;
  const mean = tf.avgPool(image, [...kernel], [...strides], 'valid');
  const area = kernel[0] * kernel[1];
  const counted = divisors(node, form);
  if (counted.every((count) => count === area)) return [lastValue(mean)];
  const share = call.prepared('share', () =>
    tf.tensor(
      Float32Array.from(counted, (count) => area / count),
      [to.height, to.width, 1],
    ),
  );
  return [lastValue(tf.mul(mean, share))];
};
