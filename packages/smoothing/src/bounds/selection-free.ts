import { clopperPearsonLower } from '@floatpath/statistics';
import { topClass, type Bound } from './bound.js';

/**
 * One sample for both: the most frequent class of the estimation draws, and its Clopper-Pearson bound at alpha/2. Sound
 * for any number of classes, because only bounds above 1/2 certify: with tail f(p) = P(Bin(n, p) >= smallest certifying
 * count), convex on [0, 1/2] with f(0) = 0, the classes of probability at most 1/2 together err with at most 2 f(1/2)
 * <= alpha; and if one class has more than 1/2, the others merge into one binomial. Proved for a fixed n and this bound only.
 */
export function selectionFree(): Bound {
  return {
    spec: { kind: 'selection-free' },
    looks: 'planned',
    selects: false,
    classBound({ estimation, n, alpha }) {
      const label = topClass(estimation);
      return { label, pLower: clopperPearsonLower(estimation[label] ?? 0, n, alpha / 2) };
    },
  };
}
