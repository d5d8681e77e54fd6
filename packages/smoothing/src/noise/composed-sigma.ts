import { requireArgument } from '@floatpath/core';

/**
 * The sigma of one Gaussian look that is worth as much as several: 1 / sqrt(sum 1/sigma_i^2). A later look may depend on
 * what an earlier one showed (a mask, say); the radius is that of one look with this sigma. Rounded towards less.
 *
 * @throws {FloatpathError} `invalid-argument` for no sigma or one that is not finite and above 0
 * @see Lyu et al., NeurIPS 2024, "Adaptive randomized smoothing" (f-differential privacy composition)
 */
export function composedSigma(sigmas: readonly number[]): number {
  requireArgument(
    sigmas.length >= 1 && sigmas.every((sigma) => Number.isFinite(sigma) && sigma > 0),
    `composedSigma: expected finite numbers above 0, got [${sigmas.join(', ')}]`,
  );
  const precision = sigmas.reduce((sum, sigma) => sum + sigma ** -2, 0);
  return (1 / Math.sqrt(precision)) * (1 - (sigmas.length + 3) * 2 ** -52);
}
