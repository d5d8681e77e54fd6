import type { Network, NetworkNode, ValueInfo } from '@floatpath/core';

/**
 * The part of a network that makes `output`, with values of the network as its first inputs: what made them is left out.
 * Undefined where `output` does not depend on the first of them.
 */
export function cutNetwork(
  network: Network,
  cuts: readonly ValueInfo[],
  output: ValueInfo,
): Network | undefined {
  const cut = new Set(cuts.map(({ name }) => name));
  const needed = new Set([output.name]);
  const nodes: NetworkNode[] = [];
  for (const node of [...network.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name) && !cut.has(name))) continue;
    nodes.push(node);
    for (const name of node.inputs) needed.add(name);
  }
  const [first, ...others] = cuts;
  if (first === undefined || !needed.has(first.name)) return undefined;
  const inputs = new Map(
    [first, ...others, ...network.inputs]
      .filter(({ name }) => needed.has(name))
      .map((value) => [value.name, value]),
  );
  return {
    ...network,
    inputs: [...inputs.values()],
    outputs: [output],
    nodes: nodes.reverse(),
    constants: new Map([...network.constants].filter(([name]) => needed.has(name))),
  };
}
