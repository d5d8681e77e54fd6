import {
  fillWords,
  GRID_STEPS,
  requireArgument,
  type Bounds,
  type Float32Tensor,
  type NoiseRows,
} from '@floatpath/core';

/**
 * Splitting noise on the 8-bit grid, for l1. Coordinate i of an input is replaced by the middle of the cell, cut at
 * offset s + v_i and every 2 halfWidth from there, that it lies in. There are only `draws` offsets s on the grid, so all
 * of them are enumerated and the smoothed classifier is known exactly: no alpha, no random draws. Cells of different
 * coordinates move together; v is fixed by the seed and part of f.
 */
export interface Splitting {
  readonly kind: 'splitting';
  readonly arithmetic: 'grid';
  readonly norm: 'l1';
  readonly bounds: Bounds;
  /** Half the width of a cell in input units. */
  readonly halfWidth: number;
  /** Number of offsets: what the counts add up to. */
  readonly draws: number;
  /**
   * What offsets `from .. from + count - 1` add to an input.
   *
   * @param levels - the input's grid point, `[1, ...]`
   */
  rows(levels: Float32Tensor, from: number, count: number): NoiseRows;
  /**
   * The l1 radius, in input units and rounded towards less, of a lead of the top class over the runner-up: moving one
   * coordinate by one level moves it across a cut for one offset, and each offset changes the lead by at most 2.
   */
  radius(top: number, runnerUp: number): number;
}

/**
 * @param options.halfWidth - in input units, a multiple of 1/510 of the width of the bounds (rounded down to one)
 * @param options.seed - fixes v; 0 unless given
 * @throws {FloatpathError} `invalid-argument` for halfWidth, bounds or seed out of range
 * @see Levine, Feizi 2021, "Improved, deterministic smoothing for l1 certified robustness", Theorem 2 and Corollary 1
 */
export function splitting(options: {
  readonly halfWidth: number;
  readonly bounds: Bounds;
  readonly seed?: number;
}): Splitting {
  const { halfWidth, bounds, seed = 0 } = options;
  const width = bounds[1] - bounds[0];
  requireArgument(
    Number.isFinite(width) && width > 0,
    `splitting: expected finite bounds [low, high] with low < high, got [${bounds.join(', ')}]`,
  );
  // A half-width that was meant as a multiple of 1/510 stays one.
  const draws = Math.floor((2 * GRID_STEPS * halfWidth) / width + 1e-9);
  requireArgument(
    Number.isFinite(halfWidth) && draws >= 1 && draws <= 20 * GRID_STEPS,
    `splitting: expected halfWidth between 1/510 and 10 times the width of the bounds, got ${halfWidth}`,
  );
  const step = width / GRID_STEPS;
  return {
    kind: 'splitting',
    arithmetic: 'grid',
    norm: 'l1',
    bounds,
    halfWidth: (draws * step) / 2,
    draws,
    rows(levels, from, count) {
      const size = levels.data.length;
      const shift = new Uint32Array(size);
      // Any v certifies; one that is spread out keeps the cuts of neighboring pixels apart.
      fillWords(shift, { seed, purpose: 'selection', image: 0, draw: 0, lane: 1 });
      const values = new Float32Array(count * size);
      for (let row = 0; row < count; row += 1) {
        for (let i = 0; i < size; i += 1) {
          const level = levels.data[i] ?? NaN;
          // Cuts lie halfway between levels, so none ever hits one.
          const offset = ((from + row + (shift[i] ?? 0)) % draws) + 0.5;
          const upper = offset + draws * Math.ceil((level - offset) / draws);
          const middle = (Math.min(upper, GRID_STEPS) + Math.max(upper - draws, 0)) / 2;
          // A multiple of 1/4: exact, and so is its sum with the level.
          values[row * size + i] = middle - level;
        }
      }
      return { arithmetic: 'grid', rows: count, values, clip: [0, GRID_STEPS] };
    },
    radius: (top, runnerUp) => ((top - runnerUp) / 2) * step * (1 - 2 ** -50),
  };
}
