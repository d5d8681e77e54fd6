import type { RowSlopes } from './row-slopes.js';
import { LANES } from './rows.js';
import type { LinearRow, Relaxation, Substitution } from './substitution.js';

/** How bounds are found: each contains those before it. */
export type BoundMethod = 'interval' | 'crown' | 'alpha-crown';

/** How far the first step moves every slope, in ranges of it; halved six times on the way to the last. */
const PACE = 0.4;
const HALVINGS = 6;

/** Steps for units on the way, of which there are many, and for the rows asked for. Measured: twice as many gain a few percent. */
export const STEPS = { unit: 12, output: 30 } as const;

/**
 * Lower bounds of rows, in blocks; with `alpha-crown` the best of some steps up the slopes, each row with its own.
 *
 * @param steps - of the slopes, for `alpha-crown`
 * @param enough - a bound above this needs no better one
 */
export function lowerBounds(
  substitution: Substitution,
  slopes: RowSlopes,
  relaxation: Relaxation,
  rows: readonly LinearRow[],
  end: number,
  method: Exclude<BoundMethod, 'interval'>,
  steps: number,
  enough: (row: number) => number,
): Float64Array {
  const bounds = new Float64Array(rows.length);
  for (let first = 0; first < rows.length; first += LANES) {
    const block = rows.slice(first, first + LANES);
    const done = (found: Float64Array): boolean =>
      block.every((_, lane) => (found[lane] as number) > enough(first + lane));
    const best = substitution.lower(relaxation, block, end);
    if (method === 'alpha-crown' && !done(best)) {
      slopes.restart();
      for (let step = 0; step < steps && !done(best); step += 1) {
        const found = substitution.lower(relaxation, block, end, slopes);
        found.forEach((bound, lane) => {
          best[lane] = Math.max(best[lane] as number, bound);
        });
        slopes.ascend(
          relaxation,
          substitution.rows,
          end,
          PACE * 0.5 ** ((HALVINGS * step) / steps),
        );
      }
      substitution.clear();
    }
    bounds.set(best.subarray(0, block.length), first);
  }
  return bounds;
}
