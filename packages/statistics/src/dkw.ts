import { isCount, requireRange } from './check.js';

function checkArguments(name: string, m: number, delta: number, largest: number): void {
  requireRange(isCount(m) && m >= 1, `${name}: expected m an integer of at least 1, got ${m}`);
  requireRange(
    delta > 0 && delta <= largest,
    `${name}: expected delta in (0, ${largest}], got ${delta}`,
  );
}

/**
 * Half-width of a band around a whole empirical distribution function of `m` independent values:
 * with probability at least 1 - delta the true function stays inside everywhere at once.
 *
 * @throws {RangeError} for m or delta out of range
 * @see Dvoretzky, Kiefer, Wolfowitz 1956; Massart 1990 (the constant)
 */
export function dkwTwoSided(m: number, delta: number): number {
  checkArguments('dkwTwoSided', m, delta, 1);
  return Math.sqrt(Math.log(2 / delta) / (2 * m));
}

/** The same for one side only; Massart's constant needs delta <= 1/2. */
export function dkwOneSided(m: number, delta: number): number {
  checkArguments('dkwOneSided', m, delta, 0.5);
  return Math.sqrt(Math.log(1 / delta) / (2 * m));
}
