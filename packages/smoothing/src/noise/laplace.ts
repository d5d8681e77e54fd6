import { fillUniform, requireArgument } from '@floatpath/core';
import { laplaceRadius } from './laplace-radius.js';
import type { Noise } from './noise.js';

/**
 * Laplace noise in float32, for l1. Not sound in floating point, so everything certified with it carries `arithmetic:
 * 'float'`; `uniform` and `splitting` certify l1 on the grid.
 *
 * @param options.scale - b in input units; the standard deviation is sqrt(2) b
 * @throws {FloatpathError} `invalid-argument` unless scale is finite and above 0
 * @see Teng, Lee, Yuan 2020, Theorem 1
 */
export function laplace({ scale }: { readonly scale: number }): Noise {
  requireArgument(
    Number.isFinite(scale) && scale > 0,
    `laplace: expected scale a finite number above 0, got ${scale}`,
  );
  return {
    kind: 'laplace',
    sigma: Math.SQRT2 * scale,
    arithmetic: 'float',
    norm: 'l1',
    rows({ seed, purpose, image, from, count, size }) {
      const values = new Float32Array(count * size);
      const uniforms = new Float64Array(size);
      for (let row = 0; row < count; row += 1) {
        fillUniform(uniforms, { seed, purpose, image, draw: from + row });
        for (let i = 0; i < size; i += 1) {
          const centred = 2 * (uniforms[i] ?? NaN) - 1;
          values[row * size + i] = -scale * Math.sign(centred) * Math.log1p(-Math.abs(centred));
        }
      }
      return { noise: { arithmetic: 'float', rows: count, values }, rejected: [] };
    },
    radius: (pLower, pUpper) => laplaceRadius(scale, pLower, pUpper),
  };
}
