import {
  FloatpathError,
  float32Tensor,
  requireArgument,
  type Float32Tensor,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { freeNames } from './free-names.js';
import { createGraphBuilder } from './graph-builder.js';

const PIXELS = 'pixels';

function perChannelTensor(
  values: readonly number[],
  channels: number,
  rank: number,
  what: string,
): Float32Tensor {
  requireArgument(
    values.length === 1 || values.length === channels,
    `preprocessing: expected one ${what} or one per channel (${channels}), got ${values.length}`,
  );
  requireArgument(
    values.every((v) => Number.isFinite(v) && (what !== 'std' || v > 0)),
    `preprocessing: expected finite ${what}${what === 'std' ? ' above 0' : ''}, got ${values.join(', ')}`,
  );
  const shape = Array.from({ length: rank }, (_, axis) => (axis === 1 ? values.length : 1));
  return float32Tensor(rank > 1 ? shape : [values.length], values);
}

/**
 * Puts preprocessing inside the network, so that its input is in the units of `preprocessing.bounds`, NCHW, and
 * epsilon, sigma and radii need no other unit: (x - mean) / std, then the file's own layout.
 *
 * @throws {FloatpathError} `invalid-argument` if mean or std do not fit the channels
 */
export function prependNormalization(network: Network, preprocessing: Preprocessing): Network {
  const { mean, std, layout } = preprocessing;
  const input = network.inputs[0];
  if (input === undefined || network.inputs.length !== 1) {
    throw new FloatpathError(
      'invalid-network',
      `prependNormalization: expected a network with one input, got ${network.inputs.length}`,
    );
  }
  if (mean === undefined && std === undefined && layout === 'nchw') return network;
  const rank = input.shape.length;
  requireArgument(
    layout === 'nchw' || rank === 4,
    `preprocessing: expected an image input [batch, height, width, channels] for layout nhwc, got [${input.shape.join(', ')}]`,
  );
  const [batch, ...rest] = input.shape;
  const outer = layout === 'nhwc' ? [batch, rest[2], rest[0], rest[1]] : input.shape;
  const channels = Number(outer[1] ?? 1);
  const { network: inner, nameOf } = freeNames({ ...network, inputs: [] }, [PIXELS]);
  const graph = createGraphBuilder(inner, { withNodes: false });
  let value = graph.input({ name: PIXELS, dtype: 'float32', shape: outer as typeof input.shape });
  if (mean !== undefined) {
    value = graph.add('Sub', [
      value,
      graph.constant(perChannelTensor(mean, channels, rank, 'mean')),
    ]);
  }
  if (std !== undefined) {
    value = graph.add('Div', [value, graph.constant(perChannelTensor(std, channels, rank, 'std'))]);
  }
  if (layout === 'nhwc') value = graph.add('Transpose', [value], { perm: [0, 2, 3, 1] });
  for (const node of inner.nodes) {
    graph.addNode({
      ...node,
      inputs: node.inputs.map((name) => (name === nameOf(input.name) ? value : name)),
    });
  }
  return graph.build(network.name, inner.outputs);
}

/** The same arithmetic on data, float32 step by float32 step: what the file's own runtime is fed. */
export function applyPreprocessing(x: Float32Tensor, preprocessing: Preprocessing): Float32Tensor {
  const { mean, std, layout } = preprocessing;
  const [rows = 0, channels = 1, height = 1, width = 1] = x.shape;
  const plane = x.data.length / Math.max(1, rows * channels);
  const out = new Float32Array(x.data.length);
  for (let i = 0; i < out.length; i += 1) {
    const channel = Math.floor(i / plane) % channels;
    let value = x.data[i] as number;
    if (mean !== undefined)
      value = Math.fround(value - Math.fround(mean[mean.length === 1 ? 0 : channel] ?? NaN));
    if (std !== undefined)
      value = Math.fround(value / Math.fround(std[std.length === 1 ? 0 : channel] ?? NaN));
    out[i] = value;
  }
  if (layout === 'nchw') return float32Tensor(x.shape, out);
  const moved = new Float32Array(out.length);
  for (let i = 0; i < out.length; i += 1) {
    const row = Math.floor(i / (channels * plane));
    const channel = Math.floor(i / plane) % channels;
    moved[(row * plane + (i % plane)) * channels + channel] = out[i] as number;
  }
  return float32Tensor([rows, height, width, channels], moved);
}
