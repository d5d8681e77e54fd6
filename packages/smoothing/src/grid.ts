import {
  FloatpathError,
  float32Tensor,
  GRID_STEPS,
  type Bounds,
  type Float32Tensor,
  type Norm,
} from '@floatpath/core';

/** Where an input sits on the 8-bit grid of its bounds. */
export interface GridPoint {
  /** Integers u, same shape as the input. */
  readonly levels: Float32Tensor;
  /** The input at those levels: float32(low + (high - low) u / 255). */
  readonly snapped: Float32Tensor;
  /**
   * What a radius loses, in input units and rounded towards more: 0 on the grid, else |x - Q(x)| for
   * the input plus half a step in every coordinate for the perturbed one, which is quantised too.
   */
  readonly correction: number;
}

/** The norm of a vector of `size` halves of one step. */
function halfSteps(size: number, width: number, norm: Norm): number {
  const half = width / (2 * GRID_STEPS);
  if (norm === 'linf') return half;
  return half * (norm === 'l1' ? size : Math.sqrt(size));
}

/**
 * The nearest grid point Q(x). An input counts as on the grid iff each value equals the float32 of
 * its grid value.
 *
 * @param norm - of the radius that the correction is for; l2 unless given
 * @throws {FloatpathError} `not-finite` if a value is NaN or infinite
 */
export function gridPoint(x: Float32Tensor, [low, high]: Bounds, norm: Norm = 'l2'): GridPoint {
  const width = high - low;
  const size = x.data.length;
  const levels = new Float32Array(size);
  const snapped = new Float32Array(size);
  let [sum, squares, largest] = [0, 0, 0];
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
    const distance = Math.abs(value - exact);
    sum += distance;
    squares += distance ** 2;
    largest = Math.max(largest, distance);
  });
  const distance = { l1: sum, l2: Math.sqrt(squares), linf: largest }[norm];
  // The margin covers the rounding of the sum: at most d + 10 roundings of 2^-53, d below 2^22.
  const correction = onGrid ? 0 : (distance + halfSteps(size, width, norm)) * (1 + 2 ** -30);
  return {
    levels: float32Tensor(x.shape, levels),
    snapped: float32Tensor(x.shape, snapped),
    correction,
  };
}
