import type { LabelGoal } from './goal.js';
import type { Problem } from './search.js';

/** The classes to go for: the target where there is one, else the `count` best other classes of x, best first. */
export function targetClasses(
  { label, target }: LabelGoal,
  { clean }: Pick<Problem, 'clean'>,
  count: number,
): readonly number[] {
  if (target !== undefined) return [target];
  return Array.from(clean.keys())
    .filter((j) => j !== label)
    .sort((a, b) => (clean[b] as number) - (clean[a] as number))
    .slice(0, count);
}
