import { FloatpathError, sizeOf, type Network } from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';

/**
 * The network of its first output alone as a classifier takes it: input `[rows, ...]` and output `[rows, outputs]`, in the
 * same row-major order. A network without a batch axis gets one of 1.
 *
 * @throws {FloatpathError} `invalid-network` for several inputs
 */
export function rowNetwork(network: Network): Network {
  const [input, ...others] = network.inputs;
  const [output] = network.outputs;
  if (input === undefined || output === undefined || others.length > 0) {
    throw new FloatpathError(
      'invalid-network',
      `falsify: expected a network of one input, got ${network.inputs.length}; a vnnlib file speaks of one`,
    );
  }
  const rows = input.shape[0] === 'batch' ? ('batch' as const) : 1;
  const fitsInput = rows === 'batch' || input.shape[0] === 1;
  const rowInput = fitsInput ? input : { ...input, shape: [1, ...input.shape] };
  const base = { ...network, inputs: [rowInput] };
  const graph = createGraphBuilder(base, { withNodes: false });
  const inside = fitsInput
    ? input.name
    : graph.add('Reshape', [input.name, graph.integers(input.shape.map(Number))]);
  for (const node of network.nodes) {
    const inputs = node.inputs.map((name) => (name === input.name ? inside : name));
    graph.addNode({ ...node, inputs });
  }
  if (output.shape.length === 2 && output.shape[0] === rows)
    return graph.build(network.name, [output]);
  const outputs = sizeOf(output.shape.map((extent) => (extent === 'batch' ? 1 : extent)));
  const flat = graph.add('Reshape', [output.name, graph.integers([-1, outputs])]);
  return graph.build(network.name, [{ ...output, name: flat, shape: [rows, outputs] }]);
}
