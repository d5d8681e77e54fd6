import type { Progress } from '@floatpath/core';

export interface StageClock {
  tick(progress: Progress): void;
  /** Seconds per stage, and in all. */
  seconds(): { readonly total: number; readonly stages: Readonly<Record<string, number>> };
}

/** Adds the time since the last progress to the stage that made it. */
export function createStageClock(clock: () => number): StageClock {
  const begun = clock();
  const stages = new Map<string, number>();
  let last = begun;
  const rounded = (milliseconds: number): number => Math.round(milliseconds) / 1000;
  return {
    tick({ stage }) {
      const now = clock();
      stages.set(stage, (stages.get(stage) ?? 0) + now - last);
      last = now;
    },
    seconds: () => ({
      total: rounded(clock() - begun),
      stages: Object.fromEntries([...stages].map(([stage, time]) => [stage, rounded(time)])),
    }),
  };
}
