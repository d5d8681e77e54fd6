import {
  float32Tensor,
  GRID_STEPS,
  gridGaussian,
  requireArgument,
  type Bounds,
  type Float32Tensor,
  type Network,
  type ValueInfo,
} from '@floatpath/core';
import { createGraphBuilder, foldConstants } from '@floatpath/engine';
import { composedSigma, integerGaussian, type Noise } from '@floatpath/smoothing';
import { inputAnchor } from '../anchors/input.js';
import { partitionOfCopy } from '../anchors/partition-of-copy.js';
import { emitCopy } from '../copy-network.js';
import { repressOnce, type RepressForm } from '../repress.js';

export interface ComposedOptions {
  readonly kappa: number;
  /** s_u under the noise of the first look, per gate node name. */
  readonly deviations: ReadonlyMap<string, Float32Array>;
  readonly form: RepressForm;
  readonly lambda: number;
}

/** Name of the input that holds both looks. */
const LOOKS = 'looks';
const MASK_LOOK = 'mask_look';

/**
 * SC-RFP with two looks at the input, each under noise of its own: units near a breakpoint at the first are float, selections and
 * values come from the second. To be certified with {@link composedLooks} at {@link twoLooks} of x.
 *
 * @returns a network with one input `[batch, 2, ...]`, look after look
 * @throws {FloatpathError} as `scRfp` with the input anchor
 */
export function composedNetwork(network: Network, options: ComposedOptions): Network {
  const { kappa, deviations, form, lambda } = options;
  const plain = foldConstants(network);
  const [input] = plain.inputs as readonly [ValueInfo];
  const near = inputAnchor({ kappa, deviations }).partition;
  const partition = partitionOfCopy(plain, near, (graph) =>
    graph.input({ ...input, name: MASK_LOOK }),
  );
  const repressed = repressOnce(plain, { partition, form, lambda });
  const [output] = repressed.outputs as readonly [ValueInfo];
  const shape = input.shape.slice(1).map(Number);
  const graph = createGraphBuilder();
  graph.input({ ...input, name: LOOKS, shape: ['batch', 2, ...shape] });
  const looks = graph
    .addSeveral('Split', [LOOKS], 2, { axis: 1, num_outputs: 2 })
    .map((look) => graph.add('Reshape', [look, graph.integers([-1, ...shape])]));
  const [masks, values] = looks as [string, string];
  const names = emitCopy(graph, repressed, [values, masks], [output.name]);
  const name = names.get(output.name) as string;
  return graph.build(`${network.name} with composed looks`, [{ ...output, name }]);
}

/** x for both looks: `[1, ...]` to `[1, 2, ...]`. */
export function twoLooks(x: Float32Tensor): Float32Tensor {
  const out = float32Tensor([1, 2, ...x.shape.slice(1)]);
  out.data.set(x.data);
  out.data.set(x.data, x.data.length);
  return out;
}

/**
 * The noise of two looks at one x, on the 8-bit grid, drawn independently with deviations `sigmas`. Together they tell as much
 * about x as one look of deviation s, 1/s^2 = 1/s1^2 + 1/s2^2, whatever is computed from them: R = s z(pL), a radius in x. The noise vector is
 * both looks' one after the other.
 *
 * @throws {FloatpathError} `invalid-argument` for sigmas or bounds out of range, or rows of odd size
 * @see Lyu et al., NeurIPS 2024, Adaptive randomized smoothing
 */
export function composedLooks(options: {
  readonly sigmas: readonly [maskLook: number, valueLook: number];
  readonly bounds: Bounds;
}): Noise {
  const { sigmas, bounds } = options;
  const width = bounds[1] - bounds[0];
  const together = integerGaussian({ sigma: composedSigma(sigmas), bounds });
  const samplers = sigmas.map((sigma) => gridGaussian(sigma, width));
  // One clip for both looks: like rounding, it is part of f.
  const reach = Math.max(1, Math.floor((6 * Math.max(...sigmas)) / width));
  const clip = [-GRID_STEPS * reach, GRID_STEPS * (reach + 1)] as const;
  return {
    ...together,
    rows({ seed, purpose, image, from, count, size }) {
      requireArgument(
        size % 2 === 0,
        `composedLooks: expected rows of two looks of the same size, got ${size} values; certify at twoLooks(x)`,
      );
      const values = new Float32Array(count * size);
      const rejected: number[] = [];
      for (let row = 0; row < count; row += 1) {
        const key = { seed, purpose, image, draw: from + row };
        const failed = samplers.map((sampler, look) =>
          sampler.fill(values, row * size + (look * size) / 2, size / 2, {
            ...key,
            lane: 1 + look,
          }),
        );
        if (failed.includes(true)) rejected.push(row);
      }
      return { noise: { arithmetic: 'grid', rows: count, values, clip }, rejected };
    },
  };
}
