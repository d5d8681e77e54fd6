import { binomialUpperTail } from '@floatpath/statistics';

/**
 * One-sided exact McNemar test on paired images: the p-value of "no fewer succeed than before" given how many images
 * were lost and how many gained. 1 where nothing changed.
 */
export function dropPValue(lost: number, gained: number): number {
  return binomialUpperTail(lost, lost + gained, 0.5);
}

/** The smallest loss that a test would have called a drop. */
export interface SmallestDrop {
  /** Images lost, with the images gained as they were. */
  readonly lost: number;
  /** Lost less gained. */
  readonly net: number;
}

/**
 * The smallest number of lost images that fails a rule on its own, whatever the other rules of the family do: Holm's
 * first step compares with level / family.
 *
 * @param most - images that can be lost at all
 * @returns null where losing all of them would not be enough
 */
export function smallestDrop(
  gained: number,
  most: number,
  level: number,
  family: number,
): SmallestDrop | null {
  for (let lost = gained; lost <= most; lost += 1) {
    if (dropPValue(lost, gained) * family <= level) return { lost, net: lost - gained };
  }
  return null;
}
