import { PLAIN_OUTPUT } from '@floatpath/sc-rfp';
import type { Comparison, ReportedNetwork } from './report.js';
import { contestantName } from './select.js';

export interface Verdict {
  readonly design: string;
  readonly setting: string;
  /** Every difference above 0 and significant after Holm. */
  readonly gains: boolean;
  /** No fewer images right than plain, smoothed and without noise. */
  readonly accurate: boolean;
  readonly success: boolean;
}

const LEVEL = 0.05;

/** The plan's definition of success, per design. */
export function successOf(
  networks: readonly ReportedNetwork[],
  comparisons: readonly (Comparison & { readonly adjustedPValue: number })[],
): readonly Verdict[] {
  const of = (name: string) => networks.find((n) => n.name === name) as ReportedNetwork;
  const plain = of(PLAIN_OUTPUT);
  const names = new Set(comparisons.map(contestantName));
  return [...names].map((name) => {
    const own = comparisons.filter((c) => contestantName(c) === name);
    const { design, setting } = own[0] as Comparison;
    const made = of(name);
    const gains = own.every((c) => c.mean > 0 && c.adjustedPValue <= LEVEL);
    const accurate = made.certified >= plain.certified && made.clean >= plain.clean;
    return { design, setting, gains, accurate, success: gains && accurate };
  });
}
