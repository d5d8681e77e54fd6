import { numbersOf, type Feeds, type Network } from '@floatpath/core';
import { constantTensors64, evaluateMagnitude } from '../affine-parts.js';
import { opOf } from '../ops/index.js';
import { referenceEngine } from '../reference.js';
import { withOutputs } from '../with-outputs.js';

/**
 * The largest value that a run of `network` meets, counting |W||h| + |b| for affine nodes: what its float32 rounding
 * errors are small against.
 */
export async function largestMagnitude(network: Network, feeds: Feeds): Promise<number> {
  const inner = network.nodes.flatMap((node) => node.outputs);
  const everything = withOutputs(network, inner);
  await using kernel = await referenceEngine().load(everything);
  const fetches = await kernel.run(feeds);
  const values = new Map([
    ...constantTensors64(network.constants),
    ...constantTensors64(new Map(Object.entries(feeds))),
    ...Object.entries(fetches),
  ]);
  let scale = 0;
  const grow = (numbers: Float64Array): void => {
    for (const value of numbers) scale = Math.max(scale, Math.abs(value));
  };
  for (const tensor of Object.values(fetches)) grow(numbersOf(tensor));
  for (const node of network.nodes) {
    if (opOf(node.op)?.role !== 'affine') continue;
    const operands = node.inputs.map((name) => {
      const tensor = values.get(name);
      return tensor?.dtype === 'float64' && !network.constants.has(name)
        ? { ...tensor, data: tensor.data.map(Math.abs) }
        : tensor;
    });
    for (const tensor of evaluateMagnitude(node, operands)) grow(numbersOf(tensor));
  }
  return scale;
}
