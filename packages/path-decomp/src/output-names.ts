import { FloatpathError, type Network } from '@floatpath/core';

/** The outputs of a split network. */
export const SPLIT_OUTPUTS: readonly string[] = ['logits', 'fixed', 'float'];

/**
 * The same network with the names in {@link SPLIT_OUTPUTS} not in use inside it, so that a split can give them to its outputs. Inputs
 * and nodes keep their names.
 *
 * @throws {FloatpathError} `invalid-network` if an input has one of the names
 */
export function freeOutputNames(network: Network): Network {
  const clash = network.inputs.find((input) => SPLIT_OUTPUTS.includes(input.name));
  if (clash !== undefined) {
    throw new FloatpathError(
      'invalid-network',
      `splitPaths: expected no input called ${SPLIT_OUTPUTS.join(', ')}, got "${clash.name}"; rename it`,
    );
  }
  const taken = new Set<string>(network.constants.keys());
  for (const node of network.nodes) for (const output of node.outputs) taken.add(output);
  const renamed = new Map<string, string>();
  for (const name of SPLIT_OUTPUTS) {
    if (!taken.has(name)) continue;
    let free = `${name}_plain`;
    while (taken.has(free)) free += '_';
    taken.add(free);
    renamed.set(name, free);
  }
  if (renamed.size === 0) return network;
  const rename = (name: string): string => renamed.get(name) ?? name;
  return {
    ...network,
    nodes: network.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    outputs: network.outputs.map((output) => ({ ...output, name: rename(output.name) })),
    constants: new Map([...network.constants].map(([name, tensor]) => [rename(name), tensor])),
  };
}
