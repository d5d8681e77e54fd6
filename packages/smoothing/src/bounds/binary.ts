import { clopperPearsonLower } from '@floatpath/statistics';
import { topClass, type Bound } from './bound.js';

/**
 * Cohen's bound: the label from the selection draws, a Clopper-Pearson lower bound of its probability from the
 * estimation draws, and 1 minus that for all other classes together.
 *
 * @see Cohen, Rosenfeld, Kolter 2019, Algorithm 1 (CERTIFY)
 */
export function binary(): Bound {
  return {
    spec: { kind: 'binary' },
    looks: 'planned',
    selects: true,
    classBound({ selection, estimation, n, alpha }) {
      const label = topClass(selection);
      return { label, pLower: clopperPearsonLower(estimation[label] ?? 0, n, alpha) };
    },
  };
}
