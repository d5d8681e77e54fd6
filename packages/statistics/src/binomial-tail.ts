import { isClosedUnit, isCount, requireRange } from './check.js';
import { logBinomialProbability } from './binomial-probability.js';

/** An evaluated tail probability with a bound on its relative error. */
export interface EvaluatedTail {
  readonly value: number;
  readonly log: number;
  readonly relativeError: number;
}

const UNIT_ROUNDOFF = 2 ** -53;
const NOTHING: EvaluatedTail = { value: 0, log: -Infinity, relativeError: 0 };
const EVERYTHING: EvaluatedTail = { value: 1, log: 0, relativeError: 0 };

/**
 * P(Bin(n, p) >= k) for k above the mean: the first probability times 1 + r_k (1 + r_{k+1} (1 +
 * ...)). The ratios r_j = (n - j) p / ((j + 1) q) are below 1 and fall, so the terms left out are
 * bounded by a geometric series.
 */
function tailAboveMean(k: number, n: number, p: number, q: number): EvaluatedTail {
  const first = logBinomialProbability(k, n, p, q);
  if (k === n) {
    // A power of 1/2 is exact.
    const relativeError = UNIT_ROUNDOFF * (p === 0.5 ? 0 : 8 + 4 * Math.abs(first));
    return { value: p === 0.5 ? 0.5 ** n : Math.exp(first), log: first, relativeError };
  }
  const odds = p / q;
  let term = 1;
  let sum = 1;
  let terms = 1;
  for (let j = k; j < n; j += 1) {
    const ratio = ((n - j) / (j + 1)) * odds;
    term *= ratio;
    sum += term;
    terms += 1;
    if (term <= 2 ** -60 * sum * (1 - ratio)) break;
  }
  const log = first + Math.log(sum);
  // The error bound of the first probability, and five roundings for each factor of the terms.
  const relativeError =
    UNIT_ROUNDOFF * (32 + 12 * Math.abs(first) + 64 * Math.abs(k - n * p) + 5 * terms);
  return { value: Math.exp(log), log, relativeError };
}

/** P(Bin(n, p) >= k), q = 1 - p, with its error bound. Arguments are not checked. */
export function evaluateUpperTail(k: number, n: number, p: number, q: number): EvaluatedTail {
  if (k <= 0) return EVERYTHING;
  if (k > n || p === 0) return NOTHING;
  if (q === 0) return EVERYTHING;
  if (k >= n * p) return tailAboveMean(k, n, p, q);
  const rest = tailAboveMean(n - k + 1, n, q, p);
  const value = 1 - rest.value;
  return {
    value,
    log: Math.log1p(-rest.value),
    relativeError: (rest.relativeError * rest.value) / value + 4 * UNIT_ROUNDOFF,
  };
}

function checkArguments(name: string, k: number, n: number, p: number): void {
  requireRange(isCount(n), `${name}: expected n an integer of at least 0, got ${n}`);
  requireRange(Number.isInteger(k), `${name}: expected k an integer, got ${k}`);
  requireRange(isClosedUnit(p), `${name}: expected p in [0, 1], got ${p}`);
}

/**
 * P(Bin(n, p) >= k), relative error below 1e-12 for n up to 10^6.
 *
 * @throws {RangeError} for a non-integer count or p outside [0, 1]
 */
export function binomialUpperTail(k: number, n: number, p: number): number {
  checkArguments('binomialUpperTail', k, n, p);
  return evaluateUpperTail(k, n, p, 1 - p).value;
}

/** P(Bin(n, p) <= k); see {@link binomialUpperTail}. */
export function binomialLowerTail(k: number, n: number, p: number): number {
  checkArguments('binomialLowerTail', k, n, p);
  return evaluateUpperTail(n - k, n, 1 - p, p).value;
}

/** log P(Bin(n, p) >= k), for tails that underflow. */
export function logBinomialUpperTail(k: number, n: number, p: number): number {
  checkArguments('logBinomialUpperTail', k, n, p);
  return evaluateUpperTail(k, n, p, 1 - p).log;
}

/** log P(Bin(n, p) <= k), for tails that underflow. */
export function logBinomialLowerTail(k: number, n: number, p: number): number {
  checkArguments('logBinomialLowerTail', k, n, p);
  return evaluateUpperTail(n - k, n, 1 - p, p).log;
}
