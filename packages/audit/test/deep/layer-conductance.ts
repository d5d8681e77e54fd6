import { float64Tensor, type Float64Tensor } from '@floatpath/core';
import { pathWeights, type PreparedPaths } from '@floatpath/path-decomp';

/**
 * Conductance of every unit for a scalar of the logits, from a baseline to an input: the flow of integrated gradients through it,
 *
 *     Cond_u(x) = sum_i (x_i - x'_i) integral_0^1 (dF / dh_u)(dh_u / dx_i) da = integral_0^1 (dF / dh_u)(dh_u / da) da
 *
 * by the sum over `steps` equal parts of the path: the gradient of the middle of each part times the change of h_u over it. Over
 * the units of one layer that cuts the network, conductances add up to F(x) - F(x') where the sum is exact; with finitely many
 * steps it is not, because the gradient jumps wherever a unit switches inside a part.
 *
 * @see Dhamdhere, Sundararajan, Yan 2018, How Important Is a Neuron?, definition 3.1; Shrikumar, Su, Kundaje 2018 for the sum in
 * this form
 */
export function conductance(
  paths: PreparedPaths,
  baseline: Float64Tensor,
  x: Float64Tensor,
  cotangent: Float64Array,
  steps: number,
): Float64Array {
  const { units } = paths.analysis.layout;
  const at = (t: number): Float64Tensor =>
    float64Tensor(
      x.shape,
      baseline.data.map((from, i) => from + t * ((x.data[i] as number) - from)),
    );
  const none = new Uint8Array(units);
  const total = new Float64Array(units);
  let before = paths.at(baseline).outputs;
  for (let step = 0; step < steps; step += 1) {
    const { selections } = paths.at(at((step + 0.5) / steps));
    // With no unit float the fixed paths are all paths: their weights are the gradient.
    const { fixed } = pathWeights(paths, { float: none, selections }, cotangent);
    const after = paths.at(at((step + 1) / steps)).outputs;
    for (let unit = 0; unit < units; unit += 1) {
      const moved = (after[unit] as number) - (before[unit] as number);
      total[unit]! += (fixed.units[unit] as number) * moved;
    }
    before = after;
  }
  return total;
}
