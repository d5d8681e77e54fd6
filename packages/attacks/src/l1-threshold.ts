/**
 * The theta with sum_i min(room_i, max(magnitude_i - theta, 0)) = radius, for a sum above `radius` at theta = 0: the
 * multiplier of the Euclidean projection onto an l1 ball and a box together.
 *
 * The sum falls piecewise linearly; its slope changes where a coordinate leaves its bound and where it reaches 0.
 *
 * @see Croce, Hein 2021, "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers", Proposition 2.1
 */
export function l1Threshold(magnitudes: Float64Array, room: Float64Array, radius: number): number {
  const leaves = magnitudes.map((m, i) => Math.max(m - (room[i] as number), 0)).sort();
  const ends = magnitudes.slice().sort();
  let sum = magnitudes.reduce((total, m, i) => total + Math.min(m, room[i] as number), 0);
  let theta = 0;
  let slope = 0;
  for (let left = 0, ended = 0; ended < ends.length;) {
    const leave = leaves[left] ?? Infinity;
    const end = ends[ended] as number;
    const next = Math.min(leave, end);
    if (sum - slope * (next - theta) <= radius) return theta + (sum - radius) / slope;
    sum -= slope * (next - theta);
    theta = next;
    if (leave <= end) {
      left += 1;
      slope += 1;
    } else {
      ended += 1;
      slope -= 1;
    }
  }
  return theta;
}
