import type { Network, NetworkNode } from '@floatpath/core';
import { denseLayer, type Gate, type GraphBuilder } from '@floatpath/engine';
import type { Channels, GateInputs } from './channels.js';
import type { Partition } from './partition.js';

/** ONNX data type number of float32. */
const FLOAT = 1;

/** Emits fixed paths through the leading units of ordered dense layers: values as wide as there are fixed units. */
export interface LeadingUnits {
  /** The fixed part of the output of an ordered layer's gate, `[batch, fixed units]`; undefined for other gates. */
  gate(graph: GraphBuilder, gate: Gate, inputs: GateInputs): string | undefined;
  /** The fixed part of a dense node before or after such a gate; undefined for other nodes. */
  dense(
    graph: GraphBuilder,
    node: NetworkNode,
    channelsOf: (value: string) => Channels | undefined,
  ): string | undefined;
}

/** What `partition` says of the gates of a network made by `fixedFirst`. */
export function leadingUnits(
  network: Network,
  gates: readonly Gate[],
  partition: Partition,
): LeadingUnits {
  const counts = new Map<string, number>();
  for (const gate of gates) {
    const count = partition.leading?.(gate);
    if (count === undefined) continue;
    counts.set(gate.output, count);
    counts.set(gate.inputs[0] as string, count);
  }
  const slice = (graph: GraphBuilder, value: string, count: number): string =>
    graph.add('Slice', [value, graph.integers([0]), graph.integers([count]), graph.integers([1])]);
  return {
    gate(graph, gate, [before]) {
      const count = counts.get(gate.output);
      if (count === undefined) return undefined;
      const output = slice(graph, gate.output, count);
      if (before?.fixed === gate.inputs[0]) return output;
      const active = graph.add('Greater', [output, graph.scalar(0)]);
      const slopes = graph.add('Cast', [active], { to: FLOAT });
      return graph.add('Mul', [before?.fixed as string, slopes]);
    },
    dense(graph, node, channelsOf) {
      const [data = ''] = node.inputs;
      const [before, after] = [counts.get(data), counts.get(node.outputs[0] as string)];
      const layer = denseLayer(node, network.constants);
      const fixed = channelsOf(data)?.fixed;
      // Before the first gate the plain node serves both channels.
      if (layer === undefined || fixed === undefined || fixed === data) return undefined;
      if (before === undefined && after === undefined) return undefined;
      const first = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
      const constants = layer.restricted(
        first(before ?? layer.inner),
        first(after ?? layer.columns),
      );
      return graph.add(
        node.op,
        [fixed, ...constants.map((tensor) => graph.constant(tensor))],
        layer.attributes,
      );
    },
  };
}
