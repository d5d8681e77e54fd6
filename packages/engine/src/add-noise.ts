import {
  FloatpathError,
  GRID_STEPS,
  type Arithmetic,
  type Bounds,
  type Network,
} from '@floatpath/core';
import { freeNames } from './free-names.js';
import { createGraphBuilder } from './graph-builder.js';

/** Input names of a network made by {@link addNoise}. */
export const noisyInputs = {
  center: 'center',
  noise: 'noise',
  clipLow: 'clip_low',
  clipHigh: 'clip_high',
} as const;

/**
 * The network on noisy copies of one input: `center` `[1, ...]` and `noise` `[batch, ...]` take the place of the first
 * input, further inputs stay. Outputs keep their order.
 *
 * grid: `center` holds the integer grid point u, `noise` integers J, and the network sees
 * low + (high - low) * (clip(u + J) / 255), every step rounded to float32: sum and clip are exact.
 * float: center + noise.
 *
 * @throws {FloatpathError} `invalid-network` without a free batch axis or if a further input has one of the new names
 */
export function addNoise(base: Network, arithmetic: Arithmetic, bounds: Bounds): Network {
  const [input, ...others] = base.inputs;
  if (input === undefined || input.shape[0] !== 'batch') {
    throw new FloatpathError(
      'invalid-network',
      `addNoise: expected a network with a free batch axis, got input shape [${input?.shape.join(', ') ?? ''}]`,
    );
  }
  const { network, nameOf } = freeNames({ ...base, inputs: others }, Object.values(noisyInputs));
  const graph = createGraphBuilder(network, { withNodes: false });
  graph.input({ name: noisyInputs.center, dtype: 'float32', shape: [1, ...input.shape.slice(1)] });
  graph.input({ name: noisyInputs.noise, dtype: 'float32', shape: input.shape });
  let value = graph.add('Add', [noisyInputs.center, noisyInputs.noise]);
  if (arithmetic === 'grid') {
    const [low, high] = bounds;
    graph.input({ name: noisyInputs.clipLow, dtype: 'float32', shape: [] });
    graph.input({ name: noisyInputs.clipHigh, dtype: 'float32', shape: [] });
    value = graph.add('Min', [
      graph.add('Max', [value, noisyInputs.clipLow]),
      noisyInputs.clipHigh,
    ]);
    value = graph.add('Div', [value, graph.scalar(GRID_STEPS)]);
    if (high - low !== 1) value = graph.add('Mul', [value, graph.scalar(high - low)]);
    if (low !== 0) value = graph.add('Add', [value, graph.scalar(low)]);
  }
  for (const node of network.nodes) {
    graph.addNode({
      ...node,
      inputs: node.inputs.map((name) => (name === nameOf(input.name) ? value : name)),
    });
  }
  return graph.build(`${network.name} on noise`, network.outputs);
}
