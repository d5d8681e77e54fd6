import type { Network, Tensor } from '@floatpath/core';
import type { GraphBuilder } from '@floatpath/engine';

/**
 * Emits the nodes of `network` once more, on other inputs, as far as `wanted` values need them.
 *
 * @param inputs - the values that take the places of the network's inputs
 * @returns the copy's name of every value that was emitted
 */
export function emitCopy(
  graph: GraphBuilder,
  network: Network,
  inputs: readonly string[],
  wanted: readonly string[],
): ReadonlyMap<string, string> {
  const needed = new Set(wanted);
  for (const node of [...network.nodes].reverse()) {
    if (node.outputs.some((name) => needed.has(name))) {
      for (const name of node.inputs) needed.add(name);
    }
  }
  const names = new Map<string, string>([['', '']]);
  network.inputs.forEach(({ name }, i) => names.set(name, inputs[i] as string));
  const nameOf = (value: string): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const constant = graph.constant(network.constants.get(value) as Tensor);
    names.set(value, constant);
    return constant;
  };
  for (const node of network.nodes) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    const outputs = graph.addSeveral(
      node.op,
      node.inputs.map(nameOf),
      node.outputs.length,
      node.attributes,
    );
    node.outputs.forEach((name, slot) => names.set(name, outputs[slot] as string));
  }
  return names;
}
