import { roundDown, roundUp } from '@floatpath/statistics';

/** Two digits of a number, never below it: for what a sentence says to be no larger. */
export function atMost(value: number): string {
  const nearest = value.toExponential(1);
  if (Number(nearest) >= value) return nearest;
  const [digits, exponent] = nearest.split('e');
  return Number(`${(Number(digits) + 0.1).toFixed(1)}e${exponent}`).toExponential(1);
}

const decimalsOf = (value: number): number =>
  value > 0 ? Math.max(0, 2 - Math.floor(Math.log10(value))) : 0;

/** Three digits of a number that is not negative, never above it: for what a sentence says to reach that far. */
export const threeDown = (value: number): string => roundDown(value, decimalsOf(value));

/** Three digits of a number that is not negative, never below it. */
export const threeUp = (value: number): string => roundUp(value, decimalsOf(value));
