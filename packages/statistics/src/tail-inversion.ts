import type { EvaluatedTail } from './binomial-tail.js';

const ULP = 2 ** -52;

/**
 * The p at which `tailAt` is alpha, to a few ulps: Newton on the logarithms of both, inside a
 * bracket that bisects whenever a step would leave it. `slopeAt` is d log tail / d log p, of the
 * sign `rising`.
 */
export function solve(
  alpha: number,
  start: number,
  rising: 1 | -1,
  tailAt: (p: number) => EvaluatedTail,
  slopeAt: (p: number, tail: EvaluatedTail) => number,
): number {
  const target = Math.log(alpha);
  let low = 0;
  let high = 1;
  let p = start;
  for (let i = 0; i < 200; i += 1) {
    const tail = tailAt(p);
    const excess = tail.log - target;
    const newton = p * Math.exp(-excess / slopeAt(p, tail));
    if (Math.abs(newton - p) <= ULP * p) return newton;
    if (excess * rising > 0) high = p;
    else low = p;
    p = newton > low && newton < high ? newton : (low + high) / 2;
    if (high - low <= ULP * low) return p;
  }
  return p;
}

/** Moves p by 1, 2, 4, ... ulps until the tail, with its error bound added, is at most alpha. */
export function confirm(p: number, direction: 1 | -1, holds: (p: number) => boolean): number {
  for (let step = ULP; !holds(p); step *= 2) p = Math.min(1, p * (1 + direction * step));
  return p;
}

/** Whether the tail is at most `alpha` whatever the rounding of its evaluation was. */
export const atMost = (tail: EvaluatedTail, alpha: number): boolean =>
  tail.value * (1 + tail.relativeError) <= alpha;
