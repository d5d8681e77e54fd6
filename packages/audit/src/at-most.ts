/** Two digits of a number, never below it: for what a sentence says to be no larger. */
export function atMost(value: number): string {
  const nearest = value.toExponential(1);
  if (Number(nearest) >= value) return nearest;
  const [digits, exponent] = nearest.split('e');
  return Number(`${(Number(digits) + 0.1).toFixed(1)}e${exponent}`).toExponential(1);
}
