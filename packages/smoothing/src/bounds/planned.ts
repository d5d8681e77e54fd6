import { normalQuantile } from '@floatpath/statistics';
import { binary } from './binary.js';
import type { Bound, BoundInput, ClassBound } from './bound.js';
import { twoClass } from './two-class.js';

/** The Gaussian radius of a bound over sigma/2. Any measure would do: the choice is sound whatever it is made by. */
function reach({ pLower, pUpper = 1 - pLower }: ClassBound): number {
  return normalQuantile(pLower) - normalQuantile(pUpper);
}

/** What the selection counts let expect of the estimation ones. */
function expected({ selection, n, alpha }: BoundInput): BoundInput {
  const n0 = Math.max(
    1,
    selection.reduce((sum, count) => sum + count, 0),
  );
  const estimation = selection.map((count) => Math.floor((count * n) / n0));
  return { selection, estimation, n, alpha };
}

/**
 * `binary` or `twoClass`, whichever the selection counts promise more from. The choice is made before the estimation
 * draws are looked at, so that it costs nothing.
 */
export function planned(): Bound {
  const choices = [binary(), twoClass()] as const;
  return {
    spec: { kind: 'planned' },
    looks: 'planned',
    selects: true,
    classBound(input) {
      const [one, two] = choices;
      const plan = expected(input);
      const better = reach(two.classBound(plan)) > reach(one.classBound(plan)) ? two : one;
      return better.classBound(input);
    },
  };
}
