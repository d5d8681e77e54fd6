import { normalQuantile } from '@floatpath/statistics';
import { requireProbabilities } from './require-probabilities.js';

/**
 * PPND16 is off by about 1e-16 relative, its evaluation and the product with sigma by at most 20
 * roundings of 2^-53, and a decimal sigma differs from its double by one more: together below
 * 2^-48.
 */
const ROUNDING = 2 ** -48;

/**
 * sigma/2 (Phi^-1(pLower) - Phi^-1(pUpper)), which is sigma Phi^-1(pLower) without a bound for the
 * runner-up; rounded towards less.
 *
 * @throws {FloatpathError} `invalid-argument` for probabilities that certify nothing
 * @see Cohen, Rosenfeld, Kolter 2019, Theorem 1
 */
export function gaussianRadius(sigma: number, pLower: number, pUpper?: number): number {
  requireProbabilities(pLower, pUpper);
  const top = normalQuantile(pLower);
  if (pUpper === undefined) return sigma * top * (1 - ROUNDING);
  const runnerUp = normalQuantile(pUpper);
  const slack = ROUNDING * (Math.abs(top) + Math.abs(runnerUp));
  return Math.max(0, (sigma / 2) * (top - runnerUp - slack));
}
