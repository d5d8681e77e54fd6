import type { Network } from '@floatpath/core';
import { gatesOf, type Gate, type GraphBuilder } from '@floatpath/engine';
import type { Partition } from '@floatpath/path-decomp';
import { emitCopy } from '../copy-network.js';

/**
 * The partition that `partition` makes of a copy of the network on another input, whatever the network itself sees.
 *
 * @param network - folded, with one input
 * @param emitInput - emits the copy's input
 */
export function partitionOfCopy(
  network: Network,
  partition: Partition,
  emitInput: (graph: GraphBuilder) => string,
): Partition {
  const copies = new WeakMap<GraphBuilder, ReadonlyMap<string, Gate>>();
  return {
    floatUnits(graph, gate) {
      const gates = copies.get(graph) ?? copiedGates(graph, network, emitInput(graph));
      copies.set(graph, gates);
      return partition.floatUnits(graph, gates.get(gate.node.name) as Gate);
    },
  };
}

/**
 * Emits the network once more on `input`, as far as its gates.
 *
 * @param network - folded, with one input
 * @returns by node name its gates as they are in the copy, to be given to `Partition.floatUnits` and to gate ops
 */
export function copiedGates(
  graph: GraphBuilder,
  network: Network,
  input: string,
): ReadonlyMap<string, Gate> {
  const gates = gatesOf(network);
  const wanted = gates.flatMap((gate) => [...gate.node.inputs, gate.output]);
  const names = emitCopy(graph, network, [input], wanted);
  const nameOf = (value: string): string => names.get(value) ?? value;
  return new Map(
    gates.map((gate) => {
      const [inputsOfNode, outputs] = [gate.node.inputs, gate.node.outputs].map((values) =>
        values.map(nameOf),
      ) as [string[], string[]];
      const node = { ...gate.node, inputs: inputsOfNode, outputs };
      const inputs = gate.inputs.map((name) => (name === undefined ? undefined : nameOf(name)));
      return [gate.node.name, { ...gate, node, inputs, output: nameOf(gate.output) }];
    }),
  );
}
