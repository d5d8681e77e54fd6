import { requireProbabilities } from './require-probabilities.js';

/**
 * max(scale/2 log(pLower / pUpper), -scale log(1 - pLower + pUpper)) in l1; the second is -scale log(2 (1 - pLower))
 * without a bound for the runner-up. Rounded towards less.
 *
 * @throws {FloatpathError} `invalid-argument` for probabilities that certify nothing
 * @see Teng, Lee, Yuan 2020, "l1 adversarial robustness certificates: a randomized smoothing approach", Theorem 1
 */
export function laplaceRadius(scale: number, pLower: number, pUpper?: number): number {
  requireProbabilities(pLower, pUpper);
  const runnerUp = pUpper ?? 1 - pLower;
  const ratio = Math.log(pLower / runnerUp) / 2;
  const difference = -Math.log1p(runnerUp - pLower);
  // The quotient and the difference are off by one rounding, which moves a logarithm by as much over its argument;
  // the logarithms by a few of their own.
  const rounding = 2 ** -50 / (1 - pLower + runnerUp);
  return scale * Math.max(0, Math.max(ratio, difference) * (1 - 2 ** -50) - rounding);
}
