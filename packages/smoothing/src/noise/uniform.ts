import {
  fillWords,
  GRID_STEPS,
  requireArgument,
  type Bounds,
  type StreamKey,
} from '@floatpath/core';
import { uniformRadius } from './uniform-radius.js';
import type { Noise } from './noise.js';

const WORD = 2 ** 32;
/** Apart from the lane of the upper words. */
const LOWER_WORDS = 1;

/**
 * Fills `out[at .. at + size)` with integers uniform on -reach .. reach: floor(M U / 2^64) - reach for a 64-bit uniform
 * U and M = 2 reach + 1. The upper word alone decides unless the lower one could carry.
 *
 * @returns true if a draw was rejected: within M of the end of a cell, where a longer uniform could still cross it
 */
function fillUniformIntegers(
  out: Float32Array,
  at: number,
  size: number,
  reach: number,
  stream: StreamKey,
): boolean {
  const cells = 2 * reach + 1;
  const upper = new Uint32Array(size);
  fillWords(upper, stream);
  let lower: Uint32Array | undefined;
  let rejected = false;
  for (let i = 0; i < size; i += 1) {
    // Below 2^32 * 2^14: exact.
    const scaled = (upper[i] ?? NaN) * cells;
    const cell = Math.floor(scaled / WORD);
    out[at + i] = cell - reach;
    if (scaled - cell * WORD + cells <= WORD) continue;
    if (lower === undefined) {
      lower = new Uint32Array(size);
      fillWords(lower, { ...stream, lane: LOWER_WORDS });
    }
    const rest = BigInt(scaled - cell * WORD) * BigInt(WORD) + BigInt((lower[i] ?? 0) * cells);
    const end = 1n << 64n;
    if (rest >= end) out[at + i] = cell + 1 - reach;
    else if (rest + BigInt(cells) > end) rejected = true;
  }
  return rejected;
}

/**
 * Uniform noise on [-halfWidth, halfWidth] rounded to the 8-bit grid, for l1: an integer uniform on -m .. m, added to
 * the integer grid point of the input. Rounding real uniform noise of half-width (2m + 1) / 510 of the bounds is
 * post-processing inside f, so the theorem holds for the program that runs; `halfWidth` is rounded down to that form.
 *
 * @param options.halfWidth - in input units, between 3/510 and 10 times the width of the bounds
 * @throws {FloatpathError} `invalid-argument` for halfWidth or bounds out of range
 * @see Lee, Yuan, Chang, Jaakkola 2019 (the radius); Voracek, Hein 2023 (why on the grid)
 */
export function uniform(options: { readonly halfWidth: number; readonly bounds: Bounds }): Noise {
  const { halfWidth, bounds } = options;
  const width = bounds[1] - bounds[0];
  requireArgument(
    Number.isFinite(width) && width > 0,
    `uniform: expected finite bounds [low, high] with low < high, got [${bounds.join(', ')}]`,
  );
  // A half-width that was meant as an odd multiple of 1/510 stays one.
  const reach = Math.floor(((2 * GRID_STEPS * halfWidth) / width - 1) / 2 + 1e-9);
  requireArgument(
    Number.isFinite(halfWidth) && reach >= 1 && reach <= 10 * GRID_STEPS,
    `uniform: expected halfWidth between 3/510 and 10 times the width of the bounds, got ${halfWidth}`,
  );
  const actual = ((2 * reach + 1) * width) / (2 * GRID_STEPS);
  const clip = [-reach, GRID_STEPS + reach] as const;
  return {
    kind: 'uniform',
    sigma: actual / Math.sqrt(3),
    arithmetic: 'grid',
    bounds,
    norm: 'l1',
    rows({ seed, purpose, image, from, count, size }) {
      const values = new Float32Array(count * size);
      const rejected: number[] = [];
      for (let row = 0; row < count; row += 1) {
        const stream = { seed, purpose, image, draw: from + row };
        if (fillUniformIntegers(values, row * size, size, reach, stream)) rejected.push(row);
      }
      return { noise: { arithmetic: 'grid', rows: count, values, clip }, rejected };
    },
    radius: (pLower, pUpper) => uniformRadius(actual, pLower, pUpper),
  };
}
