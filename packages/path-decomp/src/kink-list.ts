import type { Crossing, Segment } from '@floatpath/activation-patterns';
import { requireArgument } from '@floatpath/core';
import { rowSum } from './ulps.js';

/** Crossings no farther apart than this are one event: float64 cannot tell their order. */
export const SAME_TIME = 1e-12;

/** One place on the segment where the margin bends. */
export interface KinkRow {
  /** Of the first crossing in the row. */
  readonly t: number;
  /** All crossings within 1e-12 of it. */
  readonly crossings: readonly Crossing[];
  /** By how much dM/dt grows here. 0 where no path from the switching units reaches the margin. */
  readonly slopeJump: number;
  /** (1 - t) slopeJump: what the row adds to M(x'). */
  readonly effect: number;
}

/** How the margin moves from x to x': a straight line and what every switch adds to it. */
export interface KinkList {
  readonly label: number;
  readonly rival: number;
  /** M'(0+): where the margin would end if nothing switched, minus M(x). */
  readonly start: number;
  /** Ascending in t. */
  readonly rows: readonly KinkRow[];
  /** M(x') - M(x), directly. */
  readonly change: number;
  /** |start + effects - change|, the rows added in their order, and the same in ulps of the sum of |rows|. */
  readonly residual: number;
  readonly ulps: number;
}

/**
 * The kink list of a segment: M(x') - M(x) = M'(0+) + sum_k (1 - t_k) (slope jump)_k, exactly.
 *
 * @throws {FloatpathError} `invalid-argument` for a class that the network does not have
 */
export function kinkList(segment: Segment, label: number, rival: number): KinkList {
  const { crossings, logits } = segment;
  const classes = logits.start.length;
  for (const index of [label, rival]) {
    requireArgument(
      Number.isInteger(index) && index >= 0 && index < classes,
      `kinkList: expected classes from 0 to ${classes - 1}, got ${index}`,
    );
  }
  const margin = (values: Float64Array): number =>
    (values[label] as number) - (values[rival] as number);
  const { times, start, index, delta } = logits.kinks;
  const jumps: (readonly [t: number, jump: number])[] = Array.from(times, (t, k) => {
    let jump = 0;
    for (let e = start[k] as number; e < (start[k + 1] as number); e += 1) {
      if (index[e] === label) jump += delta[e] as number;
      if (index[e] === rival) jump -= delta[e] as number;
    }
    return [t, jump];
  });
  const rows: KinkRow[] = [];
  let nextJump = 0;
  let next = 0;
  while (next < crossings.length || nextJump < jumps.length) {
    const t = Math.min(crossings[next]?.t ?? Infinity, jumps[nextJump]?.[0] ?? Infinity);
    const own: Crossing[] = [];
    for (; (crossings[next]?.t ?? Infinity) <= t + SAME_TIME; next += 1) {
      own.push(crossings[next] as Crossing);
    }
    let slopeJump = 0;
    for (; (jumps[nextJump]?.[0] ?? Infinity) <= t + SAME_TIME; nextJump += 1) {
      slopeJump += jumps[nextJump]?.[1] ?? 0;
    }
    rows.push({ t, crossings: own, slopeJump, effect: (1 - t) * slopeJump });
  }
  const first = margin(logits.slope);
  const change = margin(logits.end) - margin(logits.start);
  const { residual, ulps } = rowSum([first, ...rows.map(({ effect }) => effect)], change);
  return { label, rival, start: first, rows, change, residual, ulps };
}
