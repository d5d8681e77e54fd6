import { shrinkOf } from './pictures.js';
import type { Picture } from './png.js';

/**
 * Signed values of an image, e.g. attributions, summed over channels: blue for positive, vermilion for negative, paper white for 0.
 * `most` is the absolute value shown in full color.
 */
export function signedPicture(
  shape: readonly number[],
  values: ArrayLike<number>,
  most: number,
): Picture {
  const [channels = 1, rows = 1, columns = 1] = shape;
  const shrink = shrinkOf(shape);
  const [height, width] = [Math.floor(rows / shrink), Math.floor(columns / shrink)];
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel += 1) {
        for (let dy = 0; dy < shrink; dy += 1) {
          for (let dx = 0; dx < shrink; dx += 1) {
            const row = channel * rows + y * shrink + dy;
            sum += values[row * columns + x * shrink + dx] ?? 0;
          }
        }
      }
      const share = most > 0 ? Math.max(-1, Math.min(1, sum / (shrink * shrink) / most)) : 0;
      const full = share < 0 ? NEGATIVE : POSITIVE;
      full.forEach((color, k) => {
        data[(y * width + x) * 3 + k] = Math.round(255 + Math.abs(share) * (color - 255));
      });
    }
  }
  return { width, height, channels: 3, data };
}

/** Colors of Okabe and Ito, as in the figures. */
const POSITIVE = [0, 104, 168] as const;
const NEGATIVE = [194, 74, 0] as const;

/** The largest absolute value of pictures that are to be compared, channels summed. */
export function largestPixel(
  shape: readonly number[],
  pictures: readonly ArrayLike<number>[],
): number {
  const [channels = 1, rows = 1, columns = 1] = shape;
  const plane = rows * columns;
  let most = 0;
  for (const values of pictures) {
    for (let i = 0; i < plane; i += 1) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel += 1)
        sum += values[channel * plane + i] ?? 0;
      most = Math.max(most, Math.abs(sum));
    }
  }
  return most;
}
