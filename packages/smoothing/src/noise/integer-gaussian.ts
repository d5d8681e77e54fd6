import { GRID_STEPS, gridGaussian, requireArgument, type Bounds } from '@floatpath/core';
import { gaussianRadius } from './gaussian-radius.js';
import type { Noise } from './noise.js';

/**
 * Gaussian noise rounded to the 8-bit grid, drawn exactly: J = round(255 sigma Z / width) is added
 * to the integer grid point of the input and clipped to [-255 K, 255 (K + 1)], K = max(1, floor(6
 * sigma / width)). Rounding and clipping are post-processing of the real Gaussian inside f, so the
 * theorem holds for the program that runs: for inputs and perturbed inputs on the grid, in input
 * units.
 *
 * @param options.sigma - standard deviation in input units, between 1/25500 and 10 times the width
 * of the bounds
 * @throws {FloatpathError} `invalid-argument` for sigma or bounds out of range
 * @see Voracek, Hein, ICLR 2023, "Sound randomized smoothing in floating-point arithmetic"
 */
export function integerGaussian(options: {
  readonly sigma: number;
  readonly bounds: Bounds;
}): Noise {
  const { sigma, bounds } = options;
  const [low, high] = bounds;
  requireArgument(
    Number.isFinite(sigma) && sigma > 0,
    `integerGaussian: expected sigma a finite number above 0, got ${sigma}`,
  );
  requireArgument(
    Number.isFinite(low) && Number.isFinite(high) && low < high,
    `integerGaussian: expected finite bounds [low, high] with low < high, got [${low}, ${high}]`,
  );
  const width = high - low;
  const sampler = gridGaussian(sigma, width);
  const reach = Math.max(1, Math.floor((6 * sigma) / width));
  const clip = [-GRID_STEPS * reach, GRID_STEPS * (reach + 1)] as const;
  return {
    kind: 'integer-gaussian',
    sigma,
    arithmetic: 'grid',
    bounds,
    norm: 'l2',
    rows({ seed, purpose, image, from, count, size }) {
      const values = new Float32Array(count * size);
      const rejected: number[] = [];
      for (let row = 0; row < count; row += 1) {
        const stream = { seed, purpose, image, draw: from + row };
        if (sampler.fill(values, row * size, size, stream)) rejected.push(row);
      }
      return { noise: { arithmetic: 'grid', rows: count, values, clip }, rejected };
    },
    radius: (pLower, pUpper) => gaussianRadius(sigma, pLower, pUpper),
  };
}
