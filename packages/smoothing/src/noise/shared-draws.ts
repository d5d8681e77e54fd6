import { requireArgument } from '@floatpath/core';
import type { Noise, NoiseDraw } from './noise.js';

/** Values kept unless told: 16 million, 64 MiB; 10,000 draws of an MNIST image take half of it. */
const MOST_VALUES = 2 ** 24;

/**
 * The same noise, which keeps the draws it made first, so that images that share their draws get the very same rows without
 * making them again. Draws beyond `mostValues` values are made anew each time: memory is bounded whatever n is. Rows are
 * handed out more than once, so nobody may write into them.
 *
 * For noise shared by all images only; draws of another image's own stream would be kept for nobody.
 *
 * @param options.mostValues - noise values kept, at four bytes each
 * @throws {FloatpathError} `invalid-argument` for a negative `mostValues`
 */
export function sharedDraws(
  noise: Noise,
  { mostValues = MOST_VALUES }: { readonly mostValues?: number } = {},
): Noise {
  requireArgument(
    mostValues >= 0,
    `sharedDraws: expected mostValues a number from 0, got ${mostValues}`,
  );
  const kept = new Map<string, NoiseDraw>();
  let values = 0;
  return {
    ...noise,
    rows(request) {
      const { seed, purpose, image, from, count, size } = request;
      const key = [seed, purpose, image, from, count, size].join();
      const known = kept.get(key);
      if (known !== undefined) return known;
      const draw = noise.rows(request);
      if (values + count * size <= mostValues) {
        kept.set(key, draw);
        values += count * size;
      }
      return draw;
    },
  };
}
