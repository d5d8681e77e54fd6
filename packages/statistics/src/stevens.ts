import { logBinomialProbability } from './binomial-probability.js';
import { evaluateUpperTail, type EvaluatedTail } from './binomial-tail.js';
import { requireBoundArguments, wilson } from './clopper-pearson.js';
import { isClosedUnit, requireRange } from './check.js';
import { normalUpperQuantile } from './normal-quantile.js';
import { atMost, confirm, solve } from './tail-inversion.js';

/** u P(Bin >= k) + (1 - u) P(Bin >= k + 1), with its error bound. */
function randomizedTail(k: number, n: number, p: number, u: number): EvaluatedTail {
  const from = evaluateUpperTail(k, n, p, 1 - p);
  const above = evaluateUpperTail(k + 1, n, p, 1 - p);
  const value = u * from.value + (1 - u) * above.value;
  const relativeError = Math.max(from.relativeError, above.relativeError) + 2 ** -51;
  return { value, log: Math.log(value), relativeError };
}

/**
 * Randomised lower confidence bound of a binomial probability: the p with P(X > k) + u P(X = k) = alpha. With u uniform
 * on (0, 1) and independent of k, P(bound > p) = alpha exactly, for every p; u = 1 is Clopper-Pearson, and the bound
 * falls with u. 1 where the left side stays below alpha for every p < 1.
 *
 * Draw u once, from a stream of its own, and record it: a u chosen after seeing k has no level at all.
 *
 * @param alpha - one-sided failure probability in [1e-290, 1)
 * @throws {RangeError} for counts, alpha or u out of range
 * @see Stevens 1950, "Fiducial limits of the parameter of a discontinuous distribution"
 */
export function stevensLower(k: number, n: number, alpha: number, u: number): number {
  requireBoundArguments('stevensLower', k, n, alpha);
  requireRange(isClosedUnit(u), `stevensLower: expected u in [0, 1], got ${u}`);
  if (k === 0 && u >= alpha) return 0;
  if (k === n && u <= alpha) return 1;
  const tailAt = (p: number): EvaluatedTail => randomizedTail(k, n, p, u);
  const start =
    k === n ? Math.exp(Math.log(alpha / u) / n) : wilson(k, n, -normalUpperQuantile(alpha));
  const solved = solve(alpha, start, 1, tailAt, (p, tail) => {
    const term = (j: number): number =>
      j > n ? 0 : j * Math.exp(logBinomialProbability(j, n, p, 1 - p) - tail.log);
    return u * term(k) + (1 - u) * term(k + 1);
  });
  return confirm(solved, -1, (p) => p === 0 || atMost(tailAt(p), alpha));
}
