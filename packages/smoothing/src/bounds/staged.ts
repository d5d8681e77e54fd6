import { requireArgument } from '@floatpath/core';
import { clopperPearsonLower } from '@floatpath/statistics';
import { topClass, type Bound } from './bound.js';

/**
 * Clopper-Pearson at alpha / (number of stages), valid at each of a few numbers of draws fixed beforehand: by the union
 * bound the data may choose among the stages, and earlier draws are kept.
 *
 * @param stages - ascending numbers of draws
 * @throws {FloatpathError} `invalid-argument` for no stage or stages that do not ascend
 */
export function staged(stages: readonly number[]): Bound {
  requireArgument(
    stages.length >= 1 &&
      stages.every((n, i) => Number.isSafeInteger(n) && n > (stages[i - 1] ?? 0)),
    `staged: expected ascending numbers of draws, got [${stages.join(', ')}]`,
  );
  return {
    spec: { kind: 'staged', stages },
    looks: stages,
    selects: true,
    classBound({ selection, estimation, n, alpha }) {
      const label = topClass(selection);
      return {
        label,
        pLower: clopperPearsonLower(estimation[label] ?? 0, n, alpha / stages.length),
      };
    },
  };
}
