import { binomialUpperTail } from './binomial-tail.js';
import { isCount, requireRange } from './check.js';

/**
 * Exact p-value of "both outcomes are equally likely" after n1 and n2 of them: min(1, 2 P(Bin(n1 +
 * n2, 1/2) >= max)). 1 for no trial at all.
 *
 * @throws {RangeError} for a count that is not an integer of at least 0
 * @see Hung, Fithian 2019, "Rank verification for exponential families" (why the top two counts may
 * be tested)
 */
export function twoSidedBinomialTest(n1: number, n2: number): number {
  requireRange(
    isCount(n1) && isCount(n2),
    `twoSidedBinomialTest: expected two integers of at least 0, got ${n1} and ${n2}`,
  );
  return Math.min(1, 2 * binomialUpperTail(Math.max(n1, n2), n1 + n2, 0.5));
}

/**
 * Exact McNemar test on paired yes/no results: the p-value of "A and B succeed equally often" given
 * how often only one of them did. Items on which both agree carry no information.
 */
export function mcnemarExact(onlyA: number, onlyB: number): number {
  requireRange(
    isCount(onlyA) && isCount(onlyB),
    `mcnemarExact: expected two integers of at least 0, got ${onlyA} and ${onlyB}`,
  );
  return twoSidedBinomialTest(onlyA, onlyB);
}
