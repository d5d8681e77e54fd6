import { evaluateUpperTail, type EvaluatedTail } from './binomial-tail.js';
import { isCount, requireRange } from './check.js';
import { logBinomialProbability } from './binomial-probability.js';
import { normalUpperQuantile } from './normal-quantile.js';
import { atMost, confirm, solve } from './tail-inversion.js';

export function requireBoundArguments(name: string, k: number, n: number, alpha: number): void {
  requireRange(isCount(n) && n >= 1, `${name}: expected n an integer of at least 1, got ${n}`);
  requireRange(isCount(k) && k <= n, `${name}: expected k an integer in [0, ${n}], got ${k}`);
  requireRange(
    alpha >= 1e-290 && alpha < 1,
    `${name}: expected alpha in [1e-290, 1), got ${alpha}`,
  );
}

/** Wilson's interval end at `z` standard errors from k/n, as a first guess inside (0, 1). */
export function wilson(k: number, n: number, z: number): number {
  const square = z * z;
  const half = z * Math.sqrt((k * (n - k)) / n + square / 4);
  const guess = (k + square / 2 + half) / (n + square);
  return guess > 0 && guess < 1 ? guess : (k + 0.5) / (n + 1);
}

/**
 * One-sided lower confidence bound for a binomial probability: P(bound <= p) >= 1 - alpha for every
 * p. The largest p with P(Bin(n, p) >= k) <= alpha, never above it: after solving, the bound steps
 * down until the tail evaluated there plus its own error bound is at most alpha. Within 1e-12 of
 * the exact value for alpha up to 1/2. 0 for k = 0.
 *
 * @param alpha - one-sided failure probability in [1e-290, 1)
 * @throws {RangeError} for counts or alpha out of range
 * @see Clopper, Pearson 1934
 */
export function clopperPearsonLower(k: number, n: number, alpha: number): number {
  requireBoundArguments('clopperPearsonLower', k, n, alpha);
  if (k === 0) return 0;
  const tailAt = (p: number): EvaluatedTail => evaluateUpperTail(k, n, p, 1 - p);
  const start = k === n ? Math.exp(Math.log(alpha) / n) : wilson(k, n, -normalUpperQuantile(alpha));
  const solved = solve(
    alpha,
    start,
    1,
    tailAt,
    (p, tail) => k * Math.exp(logBinomialProbability(k, n, p, 1 - p) - tail.log),
  );
  return confirm(solved, -1, (p) => atMost(tailAt(p), alpha));
}

/**
 * One-sided upper confidence bound: P(bound >= p) >= 1 - alpha for every p. The smallest p with
 * P(Bin(n, p) <= k) <= alpha, never below it; see {@link clopperPearsonLower}. 1 for k = n.
 */
export function clopperPearsonUpper(k: number, n: number, alpha: number): number {
  requireBoundArguments('clopperPearsonUpper', k, n, alpha);
  if (k === n) return 1;
  const tailAt = (p: number): EvaluatedTail => evaluateUpperTail(n - k, n, 1 - p, p);
  const start =
    k === 0 ? -Math.expm1(Math.log(alpha) / n) : wilson(k, n, normalUpperQuantile(alpha));
  const solved = solve(
    alpha,
    start,
    -1,
    tailAt,
    (p, tail) =>
      (-(n - k) * Math.exp(logBinomialProbability(k, n, p, 1 - p) - tail.log) * p) / (1 - p),
  );
  return confirm(solved, 1, (p) => atMost(tailAt(p), alpha));
}

/**
 * Two-sided interval for a share of `n` independent trials: both Clopper-Pearson bounds at (1 -
 * confidence) / 2.
 *
 * @returns `[low, high]`, covering with probability at least `confidence`
 */
export function shareInterval(
  k: number,
  n: number,
  confidence: number,
): readonly [low: number, high: number] {
  const alpha = (1 - confidence) / 2;
  return [clopperPearsonLower(k, n, alpha), clopperPearsonUpper(k, n, alpha)];
}
