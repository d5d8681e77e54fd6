import type { Norm } from '@floatpath/core';

/**
 * Radii of a curve that nobody chose: so many halves of sigma. In linf, where an l2 ball of radius r holds the ball of radius
 * r / sqrt(size), as many parts of that.
 */
export function defaultRadii(
  sigma: number,
  halves: number,
  { norm, size }: { readonly norm: Norm; readonly size: number },
): readonly number[] {
  const [step, digits] = norm === 'linf' ? [sigma / 2 / Math.sqrt(size), 3] : [sigma / 2, 6];
  return Array.from({ length: halves + 1 }, (_, i) => Number((i * step).toPrecision(digits)));
}
