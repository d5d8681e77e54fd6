import { isCount, isOpenUnit, requireRange } from './check.js';

/**
 * Lower confidence bound of the mean of values in [0, 1]: mean - sqrt(2 v t / n) - 7 t / (3 (n - 1)), t = log(2/alpha),
 * v the sample variance; rounded towards less.
 *
 * @param moments - number of values, their sum and the sum of their squares
 * @throws {RangeError} for fewer than two values, sums that no values in [0, 1] have, or alpha outside (0, 1)
 * @see Maurer, Pontil 2009, Theorem 4; used for smoothed softmax outputs by Zhai et al. 2020 (MACER)
 */
export function empiricalBernsteinLower(
  moments: { readonly n: number; readonly sum: number; readonly sumOfSquares: number },
  alpha: number,
): number {
  const { n, sum, sumOfSquares } = moments;
  requireRange(
    isCount(n) && n >= 2,
    `empiricalBernsteinLower: expected n an integer of at least 2, got ${n}`,
  );
  requireRange(
    isOpenUnit(alpha),
    `empiricalBernsteinLower: expected alpha in (0, 1), got ${alpha}`,
  );
  const slack = 1e-9 * n;
  requireRange(
    sum >= 0 &&
      sum <= n + slack &&
      sumOfSquares <= sum + slack &&
      sumOfSquares * n >= sum * sum * (1 - 1e-9),
    `empiricalBernsteinLower: expected sums of ${n} values in [0, 1], got sum ${sum} and sum of squares ${sumOfSquares}`,
  );
  const mean = sum / n;
  // n sum x^2 - (sum x)^2, exact for whole numbers; otherwise off by two roundings, each below n^2 2^-53.
  const scaled = n * sumOfSquares - sum * sum;
  const exact = Number.isSafeInteger(n * sumOfSquares) && Number.isSafeInteger(sum * sum);
  const variance = Math.max(0, scaled) / n / (n - 1) + (exact ? 0 : 2 ** -51);
  const t = Math.log(2 / alpha);
  const bound = mean - Math.sqrt((2 * variance * t) / n) - (7 * t) / (3 * (n - 1));
  return Math.max(0, bound - 2 ** -50);
}
