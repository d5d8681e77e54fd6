import { requireArgument } from '@floatpath/core';
import type { Noise } from './noise.js';

/**
 * The same noise, certified in linf: an l2 ball of radius r contains the linf ball of radius r / sqrt(size). No noise
 * does essentially better in high dimension.
 *
 * @param noise - one that certifies l2
 * @param size - values per input
 * @throws {FloatpathError} `invalid-argument` for noise of another norm or a size below 1
 * @see Yang et al. 2020; Blum et al. 2020 (why not better)
 */
export function linfThroughL2(noise: Noise, size: number): Noise {
  requireArgument(
    noise.norm === 'l2',
    `linfThroughL2: expected noise that certifies l2, got ${noise.norm}`,
  );
  requireArgument(
    Number.isSafeInteger(size) && size >= 1,
    `linfThroughL2: expected size an integer of at least 1, got ${size}`,
  );
  // Rounding of the root and of the quotient.
  const share = (1 / Math.sqrt(size)) * (1 - 2 ** -50);
  return {
    ...noise,
    norm: 'linf',
    radius: (pLower, pUpper) => noise.radius(pLower, pUpper) * share,
  };
}
