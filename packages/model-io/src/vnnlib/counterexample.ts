/**
 * A point and the network's output there in VNN-COMP's format, `((X_0 0.5)` to `(Y_4 1.25))`, a variable per line. Numbers are
 * written with the fewest digits that read back as the same float64.
 *
 * @see VNN-COMP 2022 rules, "Output format"
 */
export function counterexampleText(inputs: ArrayLike<number>, outputs: ArrayLike<number>): string {
  const entries = (letter: string, values: ArrayLike<number>): string[] =>
    Array.from(values, (value, i) => `(${letter}_${i} ${Object.is(value, -0) ? '-0' : value})`);
  return `(${[...entries('X', inputs), ...entries('Y', outputs)].join('\n ')})`;
}
