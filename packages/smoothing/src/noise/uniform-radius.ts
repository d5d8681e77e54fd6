import { requireProbabilities } from './require-probabilities.js';

/** Five roundings: the difference, the product, and a half-width that is a quotient. */
const ROUND_DOWN = 1 - 2 ** -50;

/**
 * halfWidth (pLower - pUpper) in l1, which is 2 halfWidth (pLower - 1/2) without a bound for the runner-up: moving x
 * by an l1 distance r moves at most r / (2 halfWidth) of the probability. Rounded towards less.
 *
 * @throws {FloatpathError} `invalid-argument` for probabilities that certify nothing
 * @see Lee, Yuan, Chang, Jaakkola 2019; Yang et al. 2020, "Randomized smoothing of all shapes and sizes", Table 1
 */
export function uniformRadius(halfWidth: number, pLower: number, pUpper?: number): number {
  requireProbabilities(pLower, pUpper);
  return halfWidth * (pLower - (pUpper ?? 1 - pLower)) * ROUND_DOWN;
}
