import type { DrawCounts } from './count.js';
import type { Noise } from './noise/noise.js';
import { isEnough, type PlannedCounts } from './planned-certificate.js';
import { looksOf, type Plan } from './plan.js';

/** Class counts of one sample of one image. */
export interface SampleCounts {
  readonly counts: Uint32Array;
  /** Draws made, rejected ones included. */
  readonly n: number;
  readonly rejected: number;
}

/** Draws `n` samples of one purpose from draw number `from` on: `countDraws`, here or in a worker. */
export type DrawSamples = (request: {
  readonly purpose: 'selection' | 'estimation';
  readonly from: number;
  readonly n: number;
}) => Promise<DrawCounts>;

const only = ({ counts, n, rejected }: DrawCounts): SampleCounts => ({
  counts: counts[0] ?? new Uint32Array(),
  n,
  rejected,
});

/** Two ranges of draws as one. */
export function addCounts(first: SampleCounts, second: SampleCounts): SampleCounts {
  return {
    counts: first.counts.map((count, j) => count + (second.counts[j] ?? NaN)),
    n: first.n + second.n,
    rejected: first.rejected + second.rejected,
  };
}

/**
 * Draws for one image what the plan asks for: the selection sample, then estimation draws up to the look at which they
 * are enough.
 *
 * @throws whatever `draw` throws, at once
 */
export async function countPlanned(
  plan: Plan,
  noise: Pick<Noise, 'arithmetic' | 'norm' | 'radius'>,
  draw: DrawSamples,
  image: Pick<PlannedCounts, 'u' | 'offGrid'>,
): Promise<{ readonly selection: SampleCounts | undefined; readonly estimation: SampleCounts }> {
  const selection =
    plan.n0 === 0 ? undefined : only(await draw({ purpose: 'selection', from: 0, n: plan.n0 }));
  let estimation: SampleCounts | undefined;
  for (const look of looksOf(plan)) {
    const from = estimation?.n ?? 0;
    const more = only(await draw({ purpose: 'estimation', from, n: look - from }));
    estimation = estimation === undefined ? more : addCounts(estimation, more);
    const { counts, n } = estimation;
    const state = { selection: selection?.counts ?? counts, estimation: counts, n, ...image };
    if (isEnough(plan, noise, state)) break;
  }
  return { selection, estimation: estimation as SampleCounts };
}
