import { isCount, requireRange } from './check.js';

/** log k! for k = 0 .. most. */
function logFactorials(most: number): Float64Array {
  const out = new Float64Array(most + 1);
  for (let k = 1; k <= most; k += 1) out[k] = (out[k - 1] as number) + Math.log(k);
  return out;
}

/**
 * Fisher's exact test on `a` of `a + b` against `c` of `c + d`: the two-sided p-value of "both shares are equal" given all sums, the
 * total probability of the tables that are at most as likely as this one. 1 for an empty row or column.
 *
 * @throws {RangeError} for a count that is not an integer of at least 0
 * @see Fisher 1935; Agresti 1992, "A survey of exact inference for contingency tables"
 */
export function fisherExact(a: number, b: number, c: number, d: number): number {
  requireRange(
    [a, b, c, d].every(isCount),
    `fisherExact: expected four integers of at least 0, got ${a}, ${b}, ${c} and ${d}`,
  );
  const [row, other, column, total] = [a + b, c + d, a + c, a + b + c + d];
  const log = logFactorials(total);
  const choose = (n: number, k: number): number =>
    (log[n] as number) - (log[k] as number) - (log[n - k] as number);
  const logOf = (k: number): number =>
    choose(row, k) + choose(other, column - k) - choose(total, column);
  // Tables of the same probability may differ by roundings of their logarithms.
  const most = logOf(a) + 1e-9;
  let p = 0;
  for (let k = Math.max(0, column - other); k <= Math.min(row, column); k += 1) {
    if (logOf(k) <= most) p += Math.exp(logOf(k));
  }
  return Math.min(1, p);
}
