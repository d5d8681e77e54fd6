import { requireArgument } from '@floatpath/core';
import { normalQuantile } from '@floatpath/statistics';

/**
 * PPND16 is off by about 1e-16 relative, its evaluation and the product with sigma by at most 20
 * roundings of 2^-53, and a decimal sigma differs from its double by one more: together below
 * 2^-48.
 */
const ROUND_DOWN = 1 - 2 ** -48;

/**
 * sigma Phi^-1(pLower), rounded towards less.
 *
 * @throws {FloatpathError} `invalid-argument` unless pLower is in [1/2, 1)
 * @see Cohen, Rosenfeld, Kolter 2019, Theorem 1 with p_B = 1 - p_A
 */
export function gaussianRadius(sigma: number, pLower: number): number {
  requireArgument(
    pLower >= 0.5 && pLower < 1,
    `radius: expected pLower in [1/2, 1), got ${pLower}; abstain below 1/2`,
  );
  return sigma * normalQuantile(pLower) * ROUND_DOWN;
}
