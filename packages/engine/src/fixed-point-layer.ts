import {
  float32Tensor,
  float64Tensor,
  FloatpathError,
  GRID_STEPS,
  type Bounds,
  type Network,
} from '@floatpath/core';
import { affinePrefix } from './affine-prefix.js';
import { foldConstants } from './fold.js';
import { freeNames } from './free-names.js';
import { createGraphBuilder } from './graph-builder.js';

/** Names of the networks of a {@link FixedPointLayer}. */
export const fixedPointNames = {
  levels: 'levels',
  response: 'response',
  center: 'center',
} as const;

/**
 * A network on the 8-bit grid whose first layer is in fixed point: with integers W and B and c the clipped levels of the
 * input, z_j = float32(2^-s_j (B_j + sum_i W_ij c_i)), and the rest of the network as it is.
 *
 * W_ij is the real weight per level (of all affine nodes before the network first looks, preprocessing and the width of
 * the bounds included) times 2^s_j, rounded to an integer, s_j the largest exponent for which
 * sum_i |W_ij| reach + |B_j| <= 2^53. So every sum of its terms, of any part of them and in any order, is an integer that
 * float64 holds exactly, and B + W (u + J) = (B + W u) + W J bit for bit: the noise's part may be computed once for many
 * images. Only the conversion to float32 rounds. z differs from the real z by 2^-24 of itself and by 2^-s_j times the sum
 * of the levels, mostly less than a float32 layer does.
 */
export interface FixedPointLayer {
  /** `[inputs, outputs]` integers as float64. */
  readonly weights: Float64Array;
  /** Per output: B. */
  readonly offsets: Float64Array;
  /** Per output: 2^-s. */
  readonly scales: Float64Array;
  /** Levels up to this size may be multiplied in. */
  readonly reach: number;
  /** `levels` [batch, inputs] float64 -> `response` [batch, outputs] float64, W levels. */
  readonly response: Network;
  /** `center` [1, outputs] and `response` [batch, outputs], both float64 -> the network's outputs. */
  readonly rest: Network;
}

/**
 * @param base - one input with a free batch axis
 * @param clip - of the noise: levels end there. Noise and center together reach up to four times as far before they are
 * clipped, since the integer Gaussian has no value beyond 9.2 sigma and `clip` ends at 6 sigma or later
 * @throws {FloatpathError} `unsupported-op` if the network does not begin with affine nodes that make its input narrower
 */
export function fixedPointLayer(
  base: Network,
  [low, high]: Bounds,
  clip: readonly [low: number, high: number],
): FixedPointLayer {
  const { network } = freeNames(foldConstants(base), Object.values(fixedPointNames));
  const prefix = affinePrefix(network);
  if (prefix === undefined) {
    throw new FloatpathError(
      'unsupported-op',
      `fixedPointLayer: expected a network whose first layer has fewer outputs than inputs, got "${base.name}"; its draws are not faster with a precomputed first layer`,
    );
  }
  const outputs = prefix.offset.length;
  const inputs = prefix.weights.length / outputs;
  const reach = 4 * Math.max(-clip[0], clip[1]);
  const perLevel = (high - low) / GRID_STEPS;
  const weights = new Float64Array(inputs * outputs);
  const offsets = new Float64Array(outputs);
  const scales = new Float64Array(outputs);
  for (let j = 0; j < outputs; j += 1) {
    const column = Array.from(
      { length: inputs },
      (_, i) => prefix.weights[i * outputs + j] as number,
    );
    const real = column.map((weight) => weight * perLevel);
    const offset = column.reduce((sum, weight) => sum + weight * low, prefix.offset[j] as number);
    const exponent = largestExponent(real, offset, reach);
    const scale = 2 ** exponent;
    scales[j] = 1 / scale;
    real.forEach((weight, i) => (weights[i * outputs + j] = Math.round(weight * scale)));
    offsets[j] = Math.round(offset * scale);
  }
  return {
    weights,
    offsets,
    scales,
    reach,
    response: responseNetwork(weights, inputs, outputs),
    rest: restNetwork(network, prefix, scales),
  };
}

/** The largest s with sum_i |round(2^s w_i)| reach + |round(2^s b)| <= 2^53. */
function largestExponent(weights: readonly number[], offset: number, reach: number): number {
  const size =
    weights.reduce((sum, weight) => sum + Math.abs(weight), 0) * reach + Math.abs(offset);
  // Rounding to integers adds half of one each; zero weights leave any exponent.
  const room = 2 ** 53 - (weights.length * reach) / 2 - 1;
  return size === 0 ? 0 : Math.min(200, Math.floor(Math.log2(room / size) - 2 ** -20));
}

function responseNetwork(weights: Float64Array, inputs: number, outputs: number): Network {
  const { levels, response } = fixedPointNames;
  const graph = createGraphBuilder();
  graph.input({ name: levels, dtype: 'float64', shape: ['batch', inputs] });
  const matrix = graph.constant(float64Tensor([inputs, outputs], weights));
  graph.addNode({
    name: 'first layer',
    op: 'MatMul',
    inputs: [levels, matrix],
    outputs: [response],
    attributes: {},
  });
  return graph.build('first layer in fixed point', [
    { name: response, dtype: 'float64', shape: ['batch', outputs] },
  ]);
}

/** ONNX data type number of float32. */
const FLOAT = 1;

function restNetwork(
  network: Network,
  prefix: { value: string; rowShape: readonly number[]; nodes: ReadonlySet<string> },
  scales: Float64Array,
): Network {
  const graph = createGraphBuilder({ ...network, inputs: [] }, { withNodes: false });
  const { center, response } = fixedPointNames;
  const width = scales.length;
  graph.input({ name: center, dtype: 'float64', shape: [1, width] });
  graph.input({ name: response, dtype: 'float64', shape: ['batch', width] });
  const sum = graph.add('Cast', [graph.add('Add', [response, center])], { to: FLOAT });
  // Powers of two: exact.
  const first = graph.add('Mul', [sum, graph.constant(float32Tensor([width], scales))]);
  graph.addNode({
    name: `${prefix.value} (fixed point)`,
    op: 'Reshape',
    inputs: [first, graph.integers([-1, ...prefix.rowShape])],
    outputs: [prefix.value],
    attributes: {},
  });
  for (const node of network.nodes) if (!prefix.nodes.has(node.name)) graph.addNode(node);
  return graph.build(`${network.name} after its first layer`, network.outputs);
}
