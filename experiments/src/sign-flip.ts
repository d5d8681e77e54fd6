import { fillUniform } from '@floatpath/core';

/**
 * Two-sided sign-flip test of "the paired differences are symmetric about 0": the share of random signings whose sum is at least
 * as far from 0, the observed one counted among them.
 *
 * @see Fisher 1935; Phipson, Smyth 2010 (why the observed one counts)
 */
export function signFlipTest(
  differences: readonly number[],
  { flips, seed }: { readonly flips: number; readonly seed: number },
): number {
  const items = differences.filter((v) => v !== 0);
  const observed = Math.abs(items.reduce((sum, v) => sum + v, 0));
  const uniforms = new Float64Array(items.length);
  let asFar = 1;
  for (let flip = 0; flip < flips; flip += 1) {
    fillUniform(uniforms, { seed, purpose: 'stevens', image: 1, draw: flip, lane: 2 });
    const sum = items.reduce((total, v, i) => total + ((uniforms[i] as number) < 0.5 ? v : -v), 0);
    // Sums of the same numbers in the same order differ by roundings only.
    if (Math.abs(sum) >= observed * (1 - 1e-12)) asFar += 1;
  }
  return asFar / (flips + 1);
}
