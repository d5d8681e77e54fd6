import type { Picture } from './png.js';

/** An image of a data set: `[channels, height, width]` in the units of `bounds`. */
export interface Pixels {
  readonly shape: readonly number[];
  readonly bounds: readonly [low: number, high: number];
  readonly values: Float32Array;
}

/** Longer sides are shown at a whole fraction of their size. */
const LONGEST_SIDE = 96;

const factors = [500, 200, 100, 50, 20, 10, 5, 2, 1] as const;

/** Whether values of this shape can be shown: one channel as gray, three as RGB. */
export function isPicture(shape: readonly number[]): boolean {
  return shape.length === 3 && (shape[0] === 1 || shape[0] === 3);
}

/** By how much an image is shrunk to be shown: 1 shows it pixel by pixel. */
export function shrinkOf([, height = 1, width = 1]: readonly number[]): number {
  return Math.max(1, Math.ceil(Math.max(height, width) / LONGEST_SIDE));
}

/** The image as it is. Pixels outside the bounds are shown at the bound */
export function pictureOf({ shape, bounds: [low, high], values }: Pixels): Picture {
  return shrunk(shape, (index) => (((values[index] as number) - low) / (high - low)) * 255);
}

/**
 * The largest of 1, 2, 5, 10, ... 500 by which a difference can be multiplied without any pixel leaving the gray scale, of
 * which half lies on each side of "no change".
 */
export function differenceFactor(clean: Pixels, adversarial: Pixels): number {
  const [low, high] = clean.bounds;
  const largest = clean.values.reduce(
    (most, value, i) => Math.max(most, Math.abs((adversarial.values[i] as number) - value)),
    0,
  );
  return factors.find((factor) => largest * factor <= (high - low) / 2) ?? 1;
}

/** What was added to each channel, times `factor`, around middle gray. */
export function differencePicture(clean: Pixels, adversarial: Pixels, factor: number): Picture {
  const [low, high] = clean.bounds;
  return shrunk(clean.shape, (index) => {
    const added = (adversarial.values[index] as number) - (clean.values[index] as number);
    return 127.5 + ((added * factor) / (high - low)) * 255;
  });
}

/** Means over squares of pixels; incomplete squares at the edges are left out. */
function shrunk(shape: readonly number[], valueAt: (index: number) => number): Picture {
  const [channels = 1, rows = 1, columns = 1] = shape;
  const shrink = shrinkOf(shape);
  const [height, width] = [Math.floor(rows / shrink), Math.floor(columns / shrink)];
  const kept = channels === 3 ? 3 : 1;
  const data = new Uint8Array(height * width * kept);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < kept; channel += 1) {
        let sum = 0;
        for (let dy = 0; dy < shrink; dy += 1) {
          for (let dx = 0; dx < shrink; dx += 1) {
            sum += valueAt((channel * rows + y * shrink + dy) * columns + x * shrink + dx);
          }
        }
        const mean = Math.round(sum / (shrink * shrink));
        data[(y * width + x) * kept + channel] = Math.min(255, Math.max(0, mean));
      }
    }
  }
  return { width, height, channels: kept, data };
}
