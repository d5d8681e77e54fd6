/** Iterations, of 10,000, after which the share of the coordinates that a window covers is halved. */
const HALVINGS = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000] as const;

/**
 * The share of the coordinates that a step of Square changes. Counted in iterations as they are, whatever their planned
 * number, as AutoAttack runs it; the class default of the same authors rescales the schedule to the number of queries.
 *
 * @see Andriushchenko, Croce, Flammarion, Hein 2020, "Square Attack", section 4.1
 */
export function squareShare(first: number, iteration: number): number {
  let share = first;
  for (const after of HALVINGS) if (iteration > after) share /= 2;
  return share;
}
