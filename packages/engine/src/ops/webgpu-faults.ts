import { numbersOf, type Network, type NetworkNode } from '@floatpath/core';

type IsFaulty = (node: NetworkNode, network: Network) => boolean;

const makerOf = (network: Network, value: string | undefined): NetworkNode | undefined =>
  network.nodes.find((node) => value !== undefined && node.outputs.includes(value));

/**
 * What ONNX Runtime's WebGPU provider answers wrongly and without a word, found on version 1.30.0 by the conformance list and
 * by random networks. Each entry is as wide as is simple; what it names runs on the CPU inside the same session.
 */
const faults: ReadonlyMap<string, IsFaulty> = new Map<string, IsFaulty>([
  // One by one, or as large as its image: pads at the end are left out where there are none at the beginning. The runtime
  // makes a Pad before a convolution into pads of it.
  [
    'Conv',
    (node, network) => {
      const [top = 0, left = 0, ...ends] = (node.attributes['pads'] ?? []) as readonly number[];
      const atEndAlone = top === 0 && left === 0 && ends.some((pad) => pad > 0);
      return atEndAlone || makerOf(network, node.inputs[0])?.op === 'Pad';
    },
  ],
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
