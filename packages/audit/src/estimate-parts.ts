import type { RunOptions } from '@floatpath/core';

/** Thrown away once the first parts are timed. */
class Enough extends Error {}

/**
 * Seconds that a run of equal parts will take: two parts are done, the second is timed, and their results are thrown away.
 *
 * @param run - does the parts in turn and tells its progress after each
 * @param clock - milliseconds since some fixed moment
 * @returns null for fewer than three parts, of which nothing is worth knowing beforehand
 */
export async function estimateByParts(
  parts: number,
  run: (options: Required<Pick<RunOptions, 'onProgress'>>) => Promise<unknown>,
  clock: () => number,
): Promise<number | null> {
  if (parts < 3) return null;
  const begun = clock();
  const ticks: number[] = [];
  try {
    await run({
      onProgress: () => {
        ticks.push(clock());
        if (ticks.length === 2) throw new Enough();
      },
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  const [first = begun, second = first] = ticks;
  return (first - begun + (parts - 1) * (second - first)) / 1000;
}
