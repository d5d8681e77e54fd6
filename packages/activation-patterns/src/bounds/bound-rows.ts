import { createRowSlopes } from './row-slopes.js';
import { LANES, type LinearRow, type Relaxation, type Substitution } from './substitution.js';
import type { PreparedBounds } from './prepare.js';

/** How bounds are found: each contains those before it. */
export type BoundMethod = 'interval' | 'crown' | 'alpha-crown';

/** Steps of slopes, and how far the first moves; halved by the middle of them. */
const STEPS = 12;
const PACE = 0.25;

/**
 * Lower bounds of rows, in blocks; with `alpha-crown` the best of some steps up the slopes, each row with its own.
 *
 * @param enough - a bound above this needs no better one
 */
export function lowerBounds(
  prepared: PreparedBounds,
  substitution: Substitution,
  relaxation: Relaxation,
  rows: readonly LinearRow[],
  end: number,
  method: Exclude<BoundMethod, 'interval'>,
  enough: (row: number) => number,
): Float64Array {
  const bounds = new Float64Array(rows.length);
  for (let first = 0; first < rows.length; first += LANES) {
    const block = rows.slice(first, first + LANES);
    const done = (found: Float64Array): boolean =>
      block.every((_, lane) => (found[lane] as number) > enough(first + lane));
    const best = substitution.lower(relaxation, block, end);
    if (method === 'alpha-crown' && !done(best)) {
      const slopes = createRowSlopes(prepared);
      for (let step = 0; step < STEPS && !done(best); step += 1) {
        const found = substitution.lower(relaxation, block, end, slopes);
        found.forEach((bound, lane) => {
          best[lane] = Math.max(best[lane] as number, bound);
        });
        slopes.ascend(relaxation, substitution.rows, end, PACE * 0.5 ** ((2 * step) / STEPS));
      }
      substitution.clear();
    }
    bounds.set(best.subarray(0, block.length), first);
  }
  return bounds;
}
