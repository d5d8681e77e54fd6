import type { Network, ValueInfo } from '@floatpath/core';
import {
  createGraphBuilder,
  foldConstants,
  gatesOf,
  requirePiecewiseLinear,
  type Gate,
  type GraphBuilder,
} from '@floatpath/engine';
import type { Partition } from '@floatpath/path-decomp';

/** Emits what takes the place of the output of a gate's float units, in the output's shape. */
export type FloatOutput = (graph: GraphBuilder, gate: Gate) => string;

/**
 * Float units give something else instead of their output, layer by layer. Every gate looks at the already changed
 * network, so selections downstream may change; so does a partition that looks at pre-activations.
 *
 * @param instead - sees the gate with its inputs and output in the changed network
 */
export function layerByLayer(
  network: Network,
  partition: Partition,
  instead: FloatOutput,
): Network {
  const base = foldConstants(network);
  requirePiecewiseLinear(base);
  const gates = new Map(gatesOf(base).map((gate) => [gate.node.name, gate]));
  const graph = createGraphBuilder(base, { withNodes: false });
  const changed = new Map<string, string>();
  const now = (value: string): string => changed.get(value) ?? value;

  for (const plain of base.nodes) {
    let node = plain;
    if (plain.inputs.some((value) => changed.has(value))) {
      const inputs = plain.inputs.map(now);
      const outputs = graph.addSeveral(plain.op, inputs, plain.outputs.length, plain.attributes);
      node = { ...plain, inputs, outputs };
      plain.outputs.forEach((name, slot) => changed.set(name, outputs[slot] as string));
    } else {
      graph.addNode(plain);
    }
    const gate = gates.get(plain.name);
    if (gate === undefined) continue;
    const output = node.outputs[0] as string;
    const inputs = gate.inputs.map((name) => (name === undefined ? undefined : now(name)));
    const here = { ...gate, node, inputs, output };
    const floatUnits = partition.floatUnits(graph, here);
    changed.set(gate.output, graph.add('Where', [floatUnits, instead(graph, here), output]));
  }

  const logits = base.outputs[0] as ValueInfo;
  return graph.build(base.name, [{ ...logits, name: now(logits.name) }]);
}
