import { isCount, isOpenUnit, requireRange } from './check.js';
import { normalSurvival } from './normal.js';

/**
 * P(chi^2 > x) for a whole number of degrees of freedom, by the finite sum that integration by parts gives; the terms
 * (x/2)^j / Gamma(j + 1), j counted from 0 or 1/2, are positive.
 */
function survival(degrees: number, x: number): number {
  const half = x / 2;
  const odd = degrees % 2;
  let sum = odd === 1 ? 2 * normalSurvival(Math.sqrt(x)) : Math.exp(-half);
  let logTerm = odd === 1 ? 0.5 * Math.log((4 * half) / Math.PI) - half : Math.log(half) - half;
  for (let j = odd === 1 ? 0.5 : 1; j < degrees / 2; j += 1) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(half / (j + 1));
  }
  return sum;
}

/**
 * The x that a chi-square variable exceeds with probability `alpha`.
 *
 * @throws {RangeError} for degrees that are no integer of at least 1, or alpha outside (0, 1)
 */
export function chiSquareUpperQuantile(degrees: number, alpha: number): number {
  requireRange(
    isCount(degrees) && degrees >= 1,
    `chiSquareUpperQuantile: expected degrees an integer of at least 1, got ${degrees}`,
  );
  requireRange(isOpenUnit(alpha), `chiSquareUpperQuantile: expected alpha in (0, 1), got ${alpha}`);
  let low = 0;
  let high = degrees;
  while (survival(degrees, high) > alpha) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (survival(degrees, middle) > alpha) low = middle;
    else high = middle;
  }
}
