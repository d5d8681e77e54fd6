import { deviance, stirlingError } from './binomial-probability.js';

/** log of a value, with a bound on the absolute error of that logarithm. */
export interface EvaluatedLog {
  readonly log: number;
  readonly error: number;
}

const UNIT_ROUNDOFF = 2 ** -53;

/**
 * log(B(a, b) / (p^a q^b)) for a, b > 0 and q = 1 - p, in Loader's form: the large terms cancel on paper. Each of the
 * four parts has a relative error of a few roundings, and the rounding of n p and n q moves a deviance by up to
 * |a - n p|.
 */
export function logBetaOverPowers(a: number, b: number, p: number, q: number): EvaluatedLog {
  const n = a + b;
  const deviances = deviance(a, n * p) + deviance(b, n * q);
  const shape = 0.5 * Math.log((2 * Math.PI * n) / a / b);
  const log = deviances + shape + stirlingError(a) + stirlingError(b) - stirlingError(n);
  const error =
    UNIT_ROUNDOFF *
    (64 +
      16 * (Math.abs(deviances) + Math.abs(shape)) +
      64 * Math.abs(a - n * p) +
      4 * Math.abs(log));
  return { log, error };
}

/**
 * P(Beta(a, b) <= x) for x below the mean, y = 1 - x: x^a y^b / (a B(a, b)) times 1 + (a+b)/(a+1) x + ..., whose ratios
 * are below 1 and fall towards x.
 */
function belowMean(a: number, b: number, x: number, y: number): EvaluatedLog {
  const prefactor = logBetaOverPowers(a, b, x, y);
  let term = 1;
  let sum = 1;
  let terms = 1;
  for (let j = 0; ; j += 1) {
    const ratio = ((a + b + j) / (a + 1 + j)) * x;
    term *= ratio;
    sum += term;
    terms += 1;
    if (term <= 2 ** -60 * sum * (1 - ratio)) break;
  }
  const log = Math.log(sum) - Math.log(a) - prefactor.log;
  return { log, error: prefactor.error + UNIT_ROUNDOFF * (8 + 5 * terms + 4 * Math.abs(log)) };
}

/**
 * log P(Beta(a, b) > x), the regularised incomplete beta function of the upper tail, for a, b > 0 and 0 < x < 1.
 *
 * @see DLMF 8.17.8 (the series)
 */
export function logBetaUpperTail(a: number, b: number, x: number): EvaluatedLog {
  const y = 1 - x;
  if (x * (a + b) >= a) return belowMean(b, a, y, x);
  const rest = belowMean(a, b, x, y);
  const value = Math.exp(rest.log);
  const log = Math.log1p(-value);
  return { log, error: (2 * value * rest.error) / (1 - value) + 4 * UNIT_ROUNDOFF };
}
