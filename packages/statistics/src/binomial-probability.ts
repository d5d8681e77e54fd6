/**
 * Binomial probabilities by Loader's saddle-point form: the large terms of log n!, k log p, ...
 * cancel on paper instead of in floating point.
 *
 * @see Loader 2000, "Fast and accurate computation of binomial probabilities"
 */

/** {@link stirlingError} of 1 .. 15. */
const STIRLING_ERROR = [
  0.0810614667953272582, 0.0413406959554092941, 0.0276779256849983391, 0.0207906721037650931,
  0.0166446911898211922, 0.013876128823070748, 0.0118967099458917701, 0.0104112652619720965,
  0.00925546218271273292, 0.00833056343336287126, 0.00757367548795184079, 0.00694284010720952987,
  0.00640899418800420707, 0.00595137011275884774, 0.00555473355196280137,
] as const;

/** The asymptotic series below is off by less than 2^-60 from here on. */
const SERIES_FROM = 16;

/** log Gamma(x + 1) - log(sqrt(2 pi x) (x/e)^x) for x > 0. */
export function stirlingError(x: number): number {
  const tabulated = STIRLING_ERROR[x - 1];
  if (tabulated !== undefined) return tabulated;
  // The error at x exceeds that at x + 1 by (x + 1/2) log(1 + 1/x) - 1.
  let steps = 0;
  let at = x;
  for (; at < SERIES_FROM; at += 1) steps += (at + 0.5) * Math.log1p(1 / at) - 1;
  const square = at * at;
  return (
    steps +
    (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) /
      at
  );
}

/** x log(x / mean) + mean - x, by a series where the two are close. */
export function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 3; ; j += 2) {
    term *= v * v;
    const next = sum + term / j;
    if (next === sum) return sum;
    sum = next;
  }
}

/**
 * log P(Bin(n, p) = k) for 0 < p < 1 and q = 1 - p, 0 <= k <= n. The absolute error is at most
 * 2^-53 (24 + 12 |result| + 64 |k - n p|), counted operation by operation and doubled; the last
 * term is the rounding of n p, n q and of q itself.
 */
export function logBinomialProbability(k: number, n: number, p: number, q: number): number {
  if (k === 0) return n * (p < 0.5 ? Math.log1p(-p) : Math.log(q));
  if (k === n) return n * (q < 0.5 ? Math.log1p(-q) : Math.log(p));
  const exponent =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * q);
  return exponent - 0.5 * Math.log(2 * Math.PI * k * ((n - k) / n));
}
