/**
 * The iterations after which APGD looks back: w_j = ceil(p_j n), p_0 = 0, p_1 = .22,
 * p_{j+1} = p_j + max(p_j - p_{j-1} - .03, .06). For n = 100: 22, 41, 57, 70, 80, 87, 93, 99.
 *
 * In exact hundredths, as the paper's schedule is meant: with float64 shares, ceil(.57 n) comes out as 58 for n = 100.
 * The authors' code shortens whole periods instead, which differs for n other than multiples of 100.
 *
 * @see Croce, Hein 2020, section 3.2
 */
export function apgdCheckpoints(iterations: number): ReadonlySet<number> {
  const checkpoints = new Set<number>();
  let period = 22;
  for (let share = period; share <= 100; share += period) {
    checkpoints.add(Math.ceil((share * iterations) / 100));
    period = Math.max(period - 3, 6);
  }
  return checkpoints;
}
