import { holm } from '@floatpath/statistics';
import type { PlannedNetwork } from './plan.js';
import type { Comparison, ReportedNetwork } from './report.js';
import { successOf, type Verdict } from './success.js';

interface Reported extends PlannedNetwork {
  readonly reported: {
    readonly networks: readonly ReportedNetwork[];
    readonly comparisons: readonly Comparison[];
  };
}

/** Holm over every comparison of every network, the verdicts, and whether MNIST and CIFAR-10 both saw a success. */
export function outcomeOf<N extends Reported>(networks: readonly N[]) {
  const comparisons = networks.flatMap(({ reported }) => reported.comparisons);
  const adjusted = holm(comparisons.map(({ pValue }) => pValue));
  const judged = networks.map((network) => {
    const from = comparisons.indexOf(network.reported.comparisons[0] as Comparison);
    const tested = network.reported.comparisons.map((comparison, i) => ({
      ...comparison,
      adjustedPValue: adjusted[from + i] as number,
    }));
    const verdicts: readonly Verdict[] = successOf(network.reported.networks, tested);
    return { ...network, reported: { ...network.reported, comparisons: tested }, verdicts };
  });
  const succeeded = (dataset: string) =>
    judged.some((r) => r.dataset === dataset && r.verdicts.some((v) => v.success));
  return { goalReached: succeeded('mnist') && succeeded('cifar10'), networks: judged };
}
