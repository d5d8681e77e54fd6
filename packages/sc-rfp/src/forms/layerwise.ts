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
    const node = { ...plain, inputs: plain.inputs.map(now) };
    if (plain.inputs.some((value) => repressed.has(value))) {
      repressed.set(plain.outputs[0] as string, graph.add(node.op, node.inputs, node.attributes));
    } else {
      graph.addNode(plain);
    }
    const gate = gates.get(plain.name);
    if (gate === undefined) continue;
    const output = now(gate.output);
    const floatUnits = partition.floatUnits(graph, {
      ...gate,
      node,
      preActivation: now(gate.preActivation),
      output,
    });
    const scaled =
      lambda === 0 ? graph.scalar(0) : graph.add('Mul', [output, graph.scalar(lambda)]);
    repressed.set(gate.output, graph.add('Where', [floatUnits, scaled, output]));
  }

  const logits = base.outputs[0] as ValueInfo;
  return graph.build(base.name, [{ ...logits, name: now(logits.name) }]);
}
