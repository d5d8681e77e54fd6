import type { Bound } from './bound.js';

/**
 * The smallest number of draws with which anything can be certified, whatever a random number is: all of them agree and
 * the bound exceeds 1/2.
 *
 * @param alpha - one-sided failure probability
 */
export function smallestSample(bound: Bound, alpha: number): number {
  const certifies = (n: number): boolean => {
    const agreed = Uint32Array.of(n, 0);
    const { pLower } = bound.classBound({ selection: agreed, estimation: agreed, n, alpha, u: 1 });
    return pLower > 0.5;
  };
  let high = 1;
  while (!certifies(high)) high *= 2;
  let low = Math.floor(high / 2) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (certifies(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
