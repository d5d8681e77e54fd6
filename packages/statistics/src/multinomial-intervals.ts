import { isCount, isOpenUnit, requireRange } from './check.js';
import { chiSquareUpperQuantile } from './chi-square.js';
import { clopperPearsonLower, clopperPearsonUpper } from './clopper-pearson.js';
import { normalUpperQuantile } from './normal-quantile.js';

/** One interval per class. */
export type ClassIntervals = readonly (readonly [low: number, high: number])[];

function totalOf(name: string, counts: ArrayLike<number>, alpha: number): number {
  const values = Array.from(counts);
  requireRange(
    values.length >= 2 && values.every(isCount),
    `${name}: expected at least two counts, integers from 0 on, got [${values.join(', ')}]`,
  );
  requireRange(isOpenUnit(alpha), `${name}: expected alpha in (0, 1), got ${alpha}`);
  const n = values.reduce((sum, count) => sum + count, 0);
  requireRange(n >= 1, `${name}: expected at least one trial, got none`);
  return n;
}

/**
 * The Clopper-Pearson bounds of every class probability at alpha / classes: with probability at least 1 - alpha all
 * lower bounds hold at once, and so, at another alpha, do all upper ones. Exact.
 *
 * @throws {RangeError} for counts or alpha out of range
 */
export function bonferroniBounds(counts: ArrayLike<number>, alpha: number): ClassIntervals {
  const n = totalOf('bonferroniBounds', counts, alpha);
  const level = alpha / counts.length;
  return Array.from(counts, (k) => [
    clopperPearsonLower(k, n, level),
    clopperPearsonUpper(k, n, level),
  ]);
}

/** The roots of (k/n - p)^2 = quantile p (1 - p) / n. */
function scoreIntervals(counts: ArrayLike<number>, n: number, quantile: number): ClassIntervals {
  return Array.from(counts, (k) => {
    const half = Math.sqrt(quantile * (quantile + (4 * k * (n - k)) / n));
    const end = (sign: number): number => (quantile + 2 * k + sign * half) / (2 * (n + quantile));
    return [end(-1), end(1)];
  });
}

/**
 * Goodman's simultaneous intervals. Asymptotic: for reports, never for certificates.
 *
 * @throws {RangeError} for counts or alpha out of range
 * @see Goodman 1965
 */
export function goodmanIntervals(counts: ArrayLike<number>, alpha: number): ClassIntervals {
  const n = totalOf('goodmanIntervals', counts, alpha);
  return scoreIntervals(counts, n, normalUpperQuantile(alpha / (2 * counts.length)) ** 2);
}

/**
 * Simultaneous intervals from one chi-square quantile with classes - 1 degrees of freedom. Asymptotic: for reports,
 * never for certificates.
 *
 * @throws {RangeError} for counts or alpha out of range
 * @see Quesenberry, Hurst 1964
 */
export function quesenberryHurstIntervals(
  counts: ArrayLike<number>,
  alpha: number,
): ClassIntervals {
  const n = totalOf('quesenberryHurstIntervals', counts, alpha);
  return scoreIntervals(counts, n, chiSquareUpperQuantile(counts.length - 1, alpha));
}
