import { FloatpathError, type Network } from '@floatpath/core';

/**
 * The same network with values and nodes called otherwise where they have a `reserved` name, so that a transformation
 * may give that name to an input or output of its own. Outputs keep their order, inputs their names.
 *
 * @returns the network, and the new name of a value: its own unless that is reserved
 * @throws {FloatpathError} `invalid-network` if an input has a reserved name
 */
export function freeNames(
  network: Network,
  reserved: readonly string[],
): { readonly network: Network; readonly nameOf: (name: string) => string } {
  const taken = new Set([
    ...reserved,
    ...network.inputs.map((input) => input.name),
    ...network.constants.keys(),
    ...network.nodes.flatMap((node) => [node.name, ...node.outputs]),
  ]);
  for (const input of network.inputs) {
    if (reserved.includes(input.name)) {
      throw new FloatpathError(
        'invalid-network',
        `network "${network.name}": expected no input called "${input.name}", a name that this transformation needs; rename the input`,
      );
    }
  }
  const renamed = new Map<string, string>();
  for (const name of reserved) {
    let other = `${name}_`;
    while (taken.has(other)) other += '_';
    taken.add(other);
    renamed.set(name, other);
  }
  const nameOf = (name: string): string => renamed.get(name) ?? name;
  const freed: Network = {
    ...network,
    outputs: network.outputs.map((output) => ({ ...output, name: nameOf(output.name) })),
    nodes: network.nodes.map((node) => ({
      ...node,
      name: nameOf(node.name),
      inputs: node.inputs.map(nameOf),
      outputs: node.outputs.map(nameOf),
    })),
    constants: new Map([...network.constants].map(([name, tensor]) => [nameOf(name), tensor])),
  };
  return { network: freed, nameOf };
}
