import type { Network, ValueInfo } from '@floatpath/core';
import {
  createGraphBuilder,
  foldConstants,
  gatesOf,
  requirePiecewiseLinear,
} from '@floatpath/engine';
import type { Partition } from '@floatpath/path-decomp';

/**
 * The outputs of float units are multiplied by lambda, layer by layer. Every gate looks at the already repressed
 * network, so selections downstream may change; so does a partition that looks at pre-activations.
 *
 * @see the paper's released code, which scales the pre-activations of units that switched
 */
export function layerwise(network: Network, partition: Partition, lambda: number): Network {
  const base = foldConstants(network);
  requirePiecewiseLinear(base);
  const gates = new Map(gatesOf(base).map((gate) => [gate.node.name, gate]));
  const graph = createGraphBuilder(base, { withNodes: false });
  const repressed = new Map<string, string>();
  const now = (value: string): string => repressed.get(value) ?? value;

  for (const plain of base.nodes) {
    let node = plain;
    if (plain.inputs.some((value) => repressed.has(value))) {
      const inputs = plain.inputs.map(now);
      const outputs = graph.addSeveral(plain.op, inputs, plain.outputs.length, plain.attributes);
      node = { ...plain, inputs, outputs };
      plain.outputs.forEach((name, slot) => repressed.set(name, outputs[slot] as string));
    } else {
      graph.addNode(plain);
    }
    const gate = gates.get(plain.name);
    if (gate === undefined) continue;
    const output = node.outputs[0] as string;
    const inputs = gate.inputs.map((name) => (name === undefined ? undefined : now(name)));
    const floatUnits = partition.floatUnits(graph, { ...gate, node, inputs, output });
    const scaled =
      lambda === 0 ? graph.scalar(0) : graph.add('Mul', [output, graph.scalar(lambda)]);
    repressed.set(gate.output, graph.add('Where', [floatUnits, scaled, output]));
  }

  const logits = base.outputs[0] as ValueInfo;
  return graph.build(base.name, [{ ...logits, name: now(logits.name) }]);
}
