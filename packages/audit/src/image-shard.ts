import { float32Tensor, requireArgument } from '@floatpath/core';
import type { ImagesToCount } from './count-images.js';

/**
 * Every `of`-th of the images, from the `index`-th (counted from 1) on: shards of equal size whatever order the images are
 * in. Counts files of all shards add up to that of the run without shards.
 *
 * @throws {FloatpathError} `invalid-argument` for a shard that is none, or one without an image
 */
export function imageShard(
  { images, ids, labels }: ImagesToCount,
  { index, of }: { readonly index: number; readonly of: number },
): ImagesToCount {
  const mine = Array.from(ids.keys()).filter((at) => at % of === index - 1);
  requireArgument(
    mine.length >= 1,
    `imageShard: expected a shard i/n with 1 <= i <= n and i at most the ${ids.length} images, got ${index}/${of}`,
  );
  const size = images.data.length / ids.length;
  const data = new Float32Array(mine.length * size);
  mine.forEach((from, to) => {
    data.set(images.data.subarray(from * size, (from + 1) * size), to * size);
  });
  return {
    images: float32Tensor([mine.length, ...images.shape.slice(1)], data),
    ids: Uint32Array.from(mine, (at) => ids[at] as number),
    ...(labels && { labels: Int32Array.from(mine, (at) => labels[at] as number) }),
  };
}
