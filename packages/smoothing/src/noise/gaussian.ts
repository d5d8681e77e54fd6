import { fillNormal, requireArgument } from '@floatpath/core';
import { gaussianRadius } from './gaussian-radius.js';
import type { Noise } from './noise.js';

/**
 * Gaussian noise in float32, for inputs that are not 8-bit. Not sound in floating point (x + noise
 * remembers x), so everything certified with it carries `arithmetic: 'float'`; use
 * `integerGaussian` for images.
 *
 * @param options.sigma - standard deviation in input units
 * @throws {FloatpathError} `invalid-argument` unless sigma is finite and above 0
 * @see Cohen, Rosenfeld, Kolter 2019, Theorem 1; Voracek, Hein 2023 (what goes wrong in floats)
 */
export function gaussian({ sigma }: { readonly sigma: number }): Noise {
  requireArgument(
    Number.isFinite(sigma) && sigma > 0,
    `gaussian: expected sigma a finite number above 0, got ${sigma}`,
  );
  const scale = Math.fround(sigma);
  return {
    kind: 'gaussian',
    sigma,
    arithmetic: 'float',
    norm: 'l2',
    rows({ seed, purpose, image, from, count, size }) {
      const values = new Float32Array(count * size);
      for (let row = 0; row < count; row += 1) {
        fillNormal(values, row * size, size, { seed, purpose, image, draw: from + row });
      }
      for (let i = 0; i < values.length; i += 1) values[i] = scale * (values[i] ?? NaN);
      return { noise: { arithmetic: 'float', rows: count, values }, rejected: [] };
    },
    radius: (pLower, pUpper) => gaussianRadius(sigma, pLower, pUpper),
  };
}
