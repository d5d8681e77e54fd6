import { sizeOf } from '@floatpath/core';

/** How one input of a network is looked at as a picture. */
export interface ImageShape {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

/**
 * The picture that an input of this shape (without the batch axis) is: channels first, channels absent, or flattened from a
 * square. Null where it is none.
 */
export function imageShapeOf(inputShape: readonly number[]): ImageShape | null {
  const axes = inputShape.filter((extent, axis) => extent !== 1 || axis === 0);
  const [first = 0, height = 0, width = 0] = inputShape;
  if (inputShape.length === 3 && (first === 1 || first === 3) && height > 1 && width > 1) {
    return { channels: first, height, width };
  }
  if (axes.length === 2 && inputShape.length === 2 && first > 1) {
    return { channels: 1, height: first, width: height };
  }
  const size = sizeOf(inputShape);
  if (inputShape.some((extent) => extent === size)) {
    for (const channels of [1, 3] as const) {
      const side = Math.sqrt(size / channels);
      if (Number.isInteger(side) && side > 1) return { channels, height: side, width: side };
    }
  }
  return null;
}
