import type * as tfjs from '@tensorflow/tfjs-core';
import { numbersAttribute } from '../attributes.js';
import { convolutionForm, reach, type ConvolutionForm } from '../ops/convolution.js';
import { bordered, type Border, type Image } from './border.js';
import { channelsLast, lastValue, plain } from './layout.js';
import type { TfjsCall, TfjsCore, TfjsOp } from './op.js';

type Filter = tfjs.Tensor4D;
/** Cross-correlation without a border. TensorFlow.js takes strides or dilations, so with both it strides afterwards. */
function correlate(
  tf: TfjsCore,
  x: Image,
  filter: Filter,
  strides: readonly [number, number],
  dilations: readonly [number, number],
): Image {
  const isDilated = dilations.some((dilation) => dilation !== 1);
  const isStrided = strides.some((stride) => stride !== 1);
  if (!(isDilated && isStrided))
    return tf.conv2d(x, filter, [...strides], 'valid', 'NHWC', [...dilations]);
  const dense = tf.conv2d(x, filter, 1, 'valid', 'NHWC', [...dilations]);
  return tf.stridedSlice(dense, [0, 0, 0, 0], dense.shape, [1, ...strides, 1]) as Image;
}

function withBias(call: TfjsCall, image: Image): Image {
  return call.inputs[2] === undefined ? image : call.tf.add(image, plain(call, 2));
}

/** Group by group, put behind each other along the channels. */
function perGroup(
  tf: TfjsCore,
  x: Image,
  filters: readonly Filter[],
  one: (x: Image, filter: Filter) => Image,
): Image {
  const [first] = filters;
  if (filters.length === 1 && first !== undefined) return one(x, first);
  const parts = tf.split(x, filters.length, 3);
  return tf.concat(
    filters.map((filter, group) => one(parts[group] as Image, filter)),
    3,
  );
}

/** The weights of every group as `[height, width, in, out]`; `order` takes the axes of the network's weights there. */
function groupFilters(
  call: TfjsCall,
  form: ConvolutionForm,
  order: readonly number[],
  flipped: boolean,
): Filter[] {
  const { tf } = call;
  const weights = plain(call, 1);
  const perGroup = (weights.shape[0] as number) / form.group;
  return Array.from({ length: form.group }, (_, group) =>
    call.prepared(`filter ${group}`, () => {
      const own = tf.slice(weights, [group * perGroup, 0, 0, 0], weights.shape.with(0, perGroup));
      const filter = tf.transpose(own, [...order]);
      return flipped ? tf.reverse(filter, [0, 1]) : filter;
    }),
  ) as Filter[];
}

export const conv: TfjsOp = (call) => {
  const { tf, node } = call;
  const form = convolutionForm(node, call.inputTypes[1]?.shape ?? []);
  const x = bordered(tf, channelsLast(call, 0) as Image, form.pads);
  const filters = groupFilters(call, form, [2, 3, 1, 0], false);
  const image = perGroup(tf, x, filters, (part, filter) =>
    correlate(tf, part, filter, form.strides, form.dilations),
  );
  return [lastValue(withBias(call, image))];
};

/** `stride - 1` zeros between neighboring pixels. */
function spaced(tf: TfjsCore, x: Image, strides: readonly [number, number]): Image {
  if (strides[0] === 1 && strides[1] === 1) return x;
  const [rows, height, width, channels] = x.shape;
  const apart = tf.pad(tf.reshape(x, [rows * height, 1, width, channels]), [
    [0, 0],
    [0, strides[0] - 1],
    [0, 0],
    [0, 0],
  ]);
  const tall = height * strides[0];
  const wide = tf.pad(tf.reshape(apart, [rows * tall * width, 1, channels]), [
    [0, 0],
    [0, strides[1] - 1],
    [0, 0],
  ]);
  const image = tf.reshape(wide, [rows, tall, width * strides[1], channels]);
  return bordered(tf, image as Image, [0, 0, 1 - strides[0], 1 - strides[1]]);
}

/**
 * The transpose of a convolution: the plain form by TensorFlow.js's own op, cut to size; groups and dilations as a
 * convolution of the spaced-out image with flipped weights.
 */
export const convTranspose: TfjsOp = (call) => {
  const { tf, node } = call;
  const form = convolutionForm(node, call.inputTypes[1]?.shape ?? []);
  const [extraBottom = 0, extraRight = 0] = numbersAttribute(node, 'output_padding', [0, 0]);
  const [top, left, bottom, right] = form.pads;
  const x = channelsLast(call, 0) as Image;
  const [rows, height, width] = x.shape;
  if (form.group === 1 && form.dilations.every((dilation) => dilation === 1)) {
    // [in, out, height, width] as [height, width, out, in]
    const [filter] = groupFilters(call, form, [2, 3, 1, 0], false) as [Filter];
    const whole = [0, 1].map(
      (axis) =>
        ((axis === 0 ? height : width) - 1) * (form.strides[axis] as number) +
        (form.kernel[axis] as number),
    ) as [number, number];
    const full = tf.conv2dTranspose(
      x,
      filter,
      [rows, ...whole, filter.shape[2]],
      [...form.strides],
      'valid',
    );
    const border: Border = [-top, -left, extraBottom - bottom, extraRight - right];
    return [lastValue(withBias(call, bordered(tf, full, border)))];
  }
  const filters = groupFilters(call, form, [2, 3, 0, 1], true);
  const around: Border = [
    reach(form, 0) - 1 - top,
    reach(form, 1) - 1 - left,
    reach(form, 0) - 1 - bottom + extraBottom,
    reach(form, 1) - 1 - right + extraRight,
  ];
  const image = perGroup(
    tf,
    bordered(tf, spaced(tf, x, form.strides), around),
    filters,
    (part, filter) => correlate(tf, part, filter, [1, 1], form.dilations),
  );
  return [lastValue(withBias(call, image))];
};
