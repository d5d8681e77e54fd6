import { evaluateUpperTail } from './binomial-tail.js';
import { isClosedUnit, isCount, isOpenUnit, requireRange } from './check.js';

/**
 * Smallest integer in [0, n + 1] whose upper tail P(Bin(n, p) >= k), error bound added, is at most
 * `level`.
 */
function smallestRareCount(n: number, p: number, level: number): number {
  let low = 0;
  let high = n + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const tail = evaluateUpperTail(middle, n, p, 1 - p);
    if (tail.value * (1 + tail.relativeError) <= level) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The abstain frontier: the smallest k with P(Bin(n, 1/2) >= k) <= alpha, that is, with a
 * Clopper-Pearson lower bound of at least 1/2. `n + 1` where not even k = n is enough.
 *
 * @throws {RangeError} for n or alpha out of range
 */
export function minimumCount(n: number, alpha: number): number {
  requireRange(isCount(n), `minimumCount: expected n an integer of at least 0, got ${n}`);
  requireRange(isOpenUnit(alpha), `minimumCount: expected alpha in (0, 1), got ${alpha}`);
  return smallestRareCount(n, 0.5, alpha);
}

/**
 * The smallest q with P(Bin(n, p) > q) <= level: of n independent events of probability p, more
 * than q happen with probability at most `level`.
 *
 * @throws {RangeError} for n, p or level out of range
 */
export function binomialUpperQuantile(n: number, p: number, level: number): number {
  requireRange(isCount(n), `binomialUpperQuantile: expected n an integer of at least 0, got ${n}`);
  requireRange(isClosedUnit(p), `binomialUpperQuantile: expected p in [0, 1], got ${p}`);
  requireRange(isOpenUnit(level), `binomialUpperQuantile: expected level in (0, 1), got ${level}`);
  return Math.max(0, smallestRareCount(n, p, level) - 1);
}
