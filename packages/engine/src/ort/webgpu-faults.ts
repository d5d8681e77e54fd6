import { numbersOf, type Network, type NetworkNode } from '@floatpath/core';

type IsFaulty = (node: NetworkNode, network: Network) => boolean;

/**
 * What ONNX Runtime's WebGPU provider answers wrongly and without a word, found by the conformance list on version
 * 1.30.0. Each entry is as wide as is simple; what it names runs on the CPU inside the same session.
 */
const faults: ReadonlyMap<string, IsFaulty> = new Map([
  // One output channel per group: from the second group on, weights are read at another group's place.
  ['ConvTranspose', (node) => Number(node.attributes['group'] ?? 1) > 1],
  // Backward: begins at the last element, wherever the slice begins.
  [
    'Slice',
    (node, network) => {
      const steps = node.inputs[4];
      if (steps === undefined || steps === '') return false;
      const known = network.constants.get(steps);
      return known === undefined || numbersOf(known).some((step) => step < 0);
    },
  ],
]);

/** Names of the nodes that must not run on WebGPU. */
export const misansweredByWebgpu = (network: Network): readonly string[] =>
  network.nodes
    .filter((node) => faults.get(node.op)?.(node, network) === true)
    .map((node) => node.name);
