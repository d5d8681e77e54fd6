import { isClosedUnit, isCount, requireRange } from './check.js';
import { requireBoundArguments } from './clopper-pearson.js';
import { logBetaOverPowers, logBetaUpperTail, type EvaluatedLog } from './incomplete-beta.js';

/**
 * How a bettor spreads his stakes over the probabilities q that the data may come from.
 *
 * `prior`: Jeffreys' Beta(1/2, 1/2) (the Krichevsky-Trofimov bettor) or uniform (Ville, Robbins). `sides`: `two` bets on
 * every q; `one` on q > p0 only, which tests "p <= p0" and is tighter at the top.
 */
export interface Mixture {
  readonly prior: 'jeffreys' | 'uniform';
  readonly sides: 'one' | 'two';
}

const shapeOf = { jeffreys: 0.5, uniform: 1 } as const;

/** log E_n(p0) with its error bound, 0 < p0 < 1. */
function evaluate(k: number, n: number, p0: number, { prior, sides }: Mixture): EvaluatedLog {
  const shape = shapeOf[prior];
  const q0 = 1 - p0;
  const [a, b] = [k + shape, n - k + shape];
  const whole = logBetaOverPowers(a, b, p0, q0);
  // B(k + s, n - k + s) / (B(s, s) p0^k q0^(n-k)); B(1/2, 1/2) = pi, B(1, 1) = 1.
  const scale = shape * Math.log(p0 * q0) - (prior === 'jeffreys' ? Math.log(Math.PI) : 0);
  const two = {
    log: whole.log + scale,
    error: whole.error + 2 ** -50 * (1 + Math.abs(scale)) + 2 ** -52 * Math.abs(whole.log),
  };
  if (sides === 'two') return two;
  const cut = logBetaUpperTail(a, b, p0);
  const prior0 =
    prior === 'uniform' ? Math.log(q0) : Math.log((2 / Math.PI) * Math.asin(Math.sqrt(q0)));
  return {
    log: two.log + cut.log - prior0,
    error: two.error + cut.error + 2 ** -50 * (1 + Math.abs(prior0)),
  };
}

/**
 * log of the evidence against p0 (against every p <= p0 if one-sided) after k successes in n trials: the capital of a
 * bettor who started with 1 and plays a fair game if p = p0. P(it ever reaches 1/alpha) <= alpha, whatever rule says
 * when to stop.
 *
 * @param p0 - in (0, 1)
 * @throws {RangeError} for counts or p0 out of range
 * @see Ville 1939; Robbins 1970; Krichevsky, Trofimov 1981; for smoothing: Voracek, NeurIPS 2024
 */
export function anytimeLogEvidence(k: number, n: number, p0: number, mixture: Mixture): number {
  requireRange(isCount(n), `anytimeLogEvidence: expected n an integer of at least 0, got ${n}`);
  requireRange(
    isCount(k) && k <= n,
    `anytimeLogEvidence: expected k an integer in [0, ${n}], got ${k}`,
  );
  requireRange(
    isClosedUnit(p0) && p0 > 0 && p0 < 1,
    `anytimeLogEvidence: expected p0 in (0, 1), got ${p0}`,
  );
  return evaluate(k, n, p0, mixture).log;
}

/**
 * Lower confidence sequence of a probability: with probability at least 1 - alpha, `anytimeLower(k_n, n)` is at most p
 * for all n at once, hence at any n that the data may choose. The smallest p0 with evidence below 1/alpha, never above
 * it. 0 for k = 0.
 *
 * The evidence falls with p0 up to k/n, also one-sided: with 1 - q = (1 - p0) t its logarithm has a derivative of at
 * most (k - 1/2) / p0 + 1 / (2 p0) - k / p0 = 0, so the bisection finds the only crossing.
 *
 * @param alpha - one-sided failure probability in [1e-290, 1)
 * @throws {RangeError} for counts or alpha out of range
 */
export function anytimeLower(k: number, n: number, alpha: number, mixture: Mixture): number {
  requireBoundArguments('anytimeLower', k, n, alpha);
  if (k === 0) return 0;
  const level = -Math.log(alpha);
  const rejects = (p0: number): boolean => {
    const { log, error } = evaluate(k, n, p0, mixture);
    return log - error >= level * (1 + 2 ** -51);
  };
  // Rejected for certain at `low`; 0 stands for "nothing is".
  let low = 0;
  let high = k / n;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return low;
    if (rejects(middle)) low = middle;
    else high = middle;
  }
}

/**
 * The smallest k at which the evidence against "p <= p0" reaches 1/alpha after n trials, n + 1 where none does: the
 * boundary of a test that may stop at any n.
 *
 * @throws {RangeError} for n, p0 or alpha out of range
 */
export function anytimeMinimumCount(
  n: number,
  p0: number,
  alpha: number,
  mixture: Mixture,
): number {
  requireBoundArguments('anytimeMinimumCount', 0, n, alpha);
  requireRange(p0 > 0 && p0 < 1, `anytimeMinimumCount: expected p0 in (0, 1), got ${p0}`);
  const level = -Math.log(alpha) * (1 + 2 ** -51);
  let low = Math.min(n, Math.ceil(n * p0));
  let high = n + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { log, error } = evaluate(middle, n, p0, mixture);
    if (log - error >= level) high = middle;
    else low = middle + 1;
  }
  return low;
}
