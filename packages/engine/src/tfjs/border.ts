import type * as tfjs from '@tensorflow/tfjs-core';
import type { TfjsCore } from './op.js';

/** `[rows, height, width, channels]`. */
export type Image = tfjs.Tensor4D;

/** top, left, bottom, right */
export type Border = readonly [number, number, number, number];

/** Widens an image by a border of one value; negative widths cut. */
export function bordered(
  tf: TfjsCore,
  x: Image,
  [top, left, bottom, right]: Border,
  value = 0,
): Image {
  const [rows = 0, height = 0, width = 0, channels = 0] = x.shape;
  const cut = (width: number): number => Math.min(0, width);
  const grow = (width: number): number => Math.max(0, width);
  const inner = [top, left, bottom, right].some((side) => side < 0)
    ? tf.slice(
        x,
        [0, -cut(top), -cut(left), 0],
        [rows, height + cut(top) + cut(bottom), width + cut(left) + cut(right), channels],
      )
    : x;
  if (![top, left, bottom, right].some((side) => side > 0)) return inner;
  const widths: [number, number][] = [
    [0, 0],
    [grow(top), grow(bottom)],
    [grow(left), grow(right)],
    [0, 0],
  ];
  return tf.pad(inner, widths, value);
}
