import { isClosedUnit, requireRange } from './check.js';

/**
 * Holm's adjusted p-values, in the order given: rejecting those at most `level` keeps the
 * probability of any false rejection at most `level`, whatever the dependence between the tests.
 *
 * @throws {RangeError} for a p-value outside [0, 1]
 * @see Holm 1979
 */
export function holm(pValues: readonly number[]): number[] {
  for (const p of pValues) {
    requireRange(isClosedUnit(p), `holm: expected p-values in [0, 1], got ${p}`);
  }
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  pValues
    .map((p, index) => ({ p, index }))
    .sort((a, b) => a.p - b.p)
    .forEach(({ p, index }, rank) => {
      running = Math.max(running, Math.min(1, (pValues.length - rank) * p));
      adjusted[index] = running;
    });
  return adjusted;
}
