import { isClosedUnit, requireRange } from './check.js';

const CENTRE = [
  [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  [
    5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
  ],
] as const;
const SHOULDER = [
  [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
    1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
    1.42343711074968357734,
  ],
  [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
    0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
    1,
  ],
] as const;
const TAIL = [
  [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
    0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
    6.6579046435011037772,
  ],
  [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
    7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
    0.59983220655588793769, 1,
  ],
] as const;

function rational(
  [numerator, denominator]: readonly [readonly number[], readonly number[]],
  x: number,
): number {
  const horner = (coefficients: readonly number[]): number =>
    coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
  return horner(numerator) / horner(denominator);
}

/**
 * The z with P(Z <= z) = p for a standard normal Z; -Infinity at 0 and Infinity at 1. Relative
 * error about 1e-16 down to p = 1e-300.
 *
 * An upper tail probability q below about 1e-3 should go to {@link normalUpperQuantile}: the
 * rounding of 1 - q alone would cost more than the algorithm.
 *
 * @throws {RangeError} unless p is in [0, 1]
 * @see Wichura 1988, Algorithm AS 241, PPND16
 */
export function normalQuantile(p: number): number {
  requireRange(isClosedUnit(p), `normalQuantile: expected p in [0, 1], got ${p}`);
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  const offset = p - 0.5;
  if (Math.abs(offset) <= 0.425) return offset * rational(CENTRE, 0.180625 - offset * offset);
  const root = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  const z = root <= 5 ? rational(SHOULDER, root - 1.6) : rational(TAIL, root - 5);
  return offset < 0 ? -z : z;
}

/**
 * The z with P(Z > z) = q, accurate for small q.
 *
 * @throws {RangeError} unless q is in [0, 1]
 */
export function normalUpperQuantile(q: number): number {
  requireRange(isClosedUnit(q), `normalUpperQuantile: expected q in [0, 1], got ${q}`);
  return -normalQuantile(q);
}
