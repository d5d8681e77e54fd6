import { fillUniform, requireArgument } from '@floatpath/core';
import { stevensLower } from '@floatpath/statistics';
import { topClass, type Bound } from './bound.js';

/**
 * The random number of a randomised bound: uniform on (0, 1), from a stream of its own, keyed by seed and image and
 * hence drawn before the data.
 */
export function randomizationOf(key: { readonly seed: number; readonly image: number }): number {
  const uniforms = new Float64Array(1);
  fillUniform(uniforms, { ...key, purpose: 'stevens', draw: 0 });
  return uniforms[0] as number;
}

/**
 * Like `binary` with Stevens' randomised bound, a little larger on average. A u below 1/2 is taken as 1/2, which only
 * lowers the bound and keeps a lucky u from certifying anything far; the u that was used is recorded.
 *
 * @see Stevens 1950
 */
export function stevens(): Bound {
  return {
    spec: { kind: 'stevens' },
    looks: 'planned',
    selects: true,
    classBound({ selection, estimation, n, alpha, u: drawn }) {
      requireArgument(
        drawn !== undefined && drawn >= 0 && drawn <= 1,
        `stevens: expected u in [0, 1], got ${drawn}; use randomizationOf({ seed, image })`,
      );
      const u = Math.max(0.5, drawn);
      const label = topClass(selection);
      return { label, pLower: stevensLower(estimation[label] ?? 0, n, alpha, u), u };
    },
  };
}
