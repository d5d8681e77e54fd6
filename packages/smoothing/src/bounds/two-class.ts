import { clopperPearsonLower, clopperPearsonUpper } from '@floatpath/statistics';
import { topClass, type Bound } from './bound.js';

/**
 * Half of alpha for the label, half for the runner-up: the Clopper-Pearson upper bound of the *largest* other count. It
 * needs no union over the classes: the bound grows with the count, and the true runner-up is one fixed class whose
 * count is at most the largest. Capped by 1 - pLower for free. Rejected draws are given to the runner-up.
 *
 * Much larger radii than `binary` where several classes share the rest; smaller where one does. Choose before the
 * estimation draws are seen, or let `planned` do so.
 *
 * @see Cohen, Rosenfeld, Kolter 2019, Theorem 1 (both probabilities)
 */
export function twoClass(): Bound {
  return {
    spec: { kind: 'two-class' },
    looks: 'planned',
    selects: true,
    classBound({ selection, estimation, n, alpha }) {
      const label = topClass(selection);
      const counted = estimation.reduce((sum, count) => sum + count, 0);
      const others = estimation.filter((_, j) => j !== label);
      const most = Math.max(0, ...others) + (n - counted);
      const pLower = clopperPearsonLower(estimation[label] ?? 0, n, alpha / 2);
      return {
        label,
        pLower,
        pUpper: Math.min(clopperPearsonUpper(most, n, alpha / 2), 1 - pLower),
      };
    },
  };
}
