import {
  FloatpathError,
  float32Tensor,
  GRID_STEPS,
  type Bounds,
  type Float32Tensor,
} from '@floatpath/core';

/** Where an input sits on the 8-bit grid of its bounds. */
export interface GridPoint {
  /** Integers u, same shape as the input. */
  readonly levels: Float32Tensor;
  /** The input at those levels: float32(low + (high - low) u / 255). */
  readonly snapped: Float32Tensor;
  /**
   * What an l2 radius loses, in input units and rounded towards more: 0 on the grid, else |x -
   * Q(x)| for the input plus sqrt(d) (high - low) / 510 for the perturbed one, which is quantised
   * too.
   */
  readonly correction: number;
}

/**
 * The nearest grid point Q(x). An input counts as on the grid iff each value equals the float32 of
 * its grid value.
 *
 * @throws {FloatpathError} `not-finite` if a value is NaN or infinite
 */
export function gridPoint(x: Float32Tensor, [low, high]: Bounds): GridPoint {
  const width = high - low;
  const levels = new Float32Array(x.data.length);
  const snapped = new Float32Array(x.data.length);
  let squares = 0;
  let onGrid = true;
  x.data.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      throw new FloatpathError('not-finite', `gridPoint: expected finite inputs, got ${value}`);
    }
    const level = Math.round((GRID_STEPS * (value - low)) / width);
    const exact = low + (width * level) / GRID_STEPS;
    levels[i] = level;
    snapped[i] = exact;
    if (snapped[i] !== value) onGrid = false;
    squares += (value - exact) ** 2;
  });
  // The margin covers the rounding of the sum: at most d + 10 roundings of 2^-53, d below 2^22.
  const correction = onGrid
    ? 0
    : (Math.sqrt(squares) + (Math.sqrt(levels.length) * width) / (2 * GRID_STEPS)) * (1 + 2 ** -30);
  return {
    levels: float32Tensor(x.shape, levels),
    snapped: float32Tensor(x.shape, snapped),
    correction,
  };
}
