import { boolTensor, type Network, type ValueInfo } from '@floatpath/core';
import { createGraphBuilder, gatesOf, type Gate, type GraphBuilder } from '@floatpath/engine';
import type { Partition } from '@floatpath/path-decomp';
import {
  copiedGates,
  emitCopy,
  emitDenoised,
  inputAnchor,
  partitionOfCopy,
  type Denoiser,
} from '@floatpath/sc-rfp';

/** A fixed function a of the noisy input z, emitted into a graph: partitions are made at a(z). */
export type Look = (graph: GraphBuilder) => string;

const inputOf = (network: Network): ValueInfo => network.inputs[0] as ValueInfo;

export function denoisedLook(network: Network, denoiser: Denoiser): Look {
  const { name, shape } = inputOf(network);
  return (graph) => emitDenoised(graph, denoiser, name, shape.slice(1).map(Number));
}

/** N(a(z)): what the look gives without any repression. */
export function behindLook(network: Network, look: Look): Network {
  const output = network.outputs[0] as ValueInfo;
  const graph = createGraphBuilder(network);
  const copy = emitCopy(graph, network, [look(graph)], [output.name]);
  return graph.build('behind', [{ ...output, name: copy.get(output.name) as string }]);
}

/** Float iff within `kappa` deviations of a breakpoint at a(z). */
export function nearAtLook(
  network: Network,
  look: Look,
  { kappa, deviations }: { readonly kappa: number; readonly deviations: Deviations },
): Partition {
  return partitionOfCopy(network, inputAnchor({ kappa, deviations }).partition, look);
}

export type Deviations = ReadonlyMap<string, Float32Array>;

/** Float iff another piece is selected at z than at a(z). */
export function differsFromLook(network: Network, look: Look): Partition {
  const copies = new WeakMap<GraphBuilder, ReadonlyMap<string, Gate>>();
  return {
    floatUnits(graph, gate) {
      const gates = copies.get(graph) ?? copiedGates(graph, network, look(graph));
      copies.set(graph, gates);
      const there = gates.get(gate.node.name) as Gate;
      const selections = [gate.op.select(graph, gate), there.op.select(graph, there)];
      return graph.add('Not', [graph.add('Equal', selections)]);
    },
  };
}

const everyUnit = (graph: GraphBuilder, gate: Gate, value: 0 | 1): string =>
  graph.constant(boolTensor([1, ...gate.rowShape], new Uint8Array(gate.units).fill(value)));

export const allFloat: Partition = {
  floatUnits: (graph, gate) => everyUnit(graph, gate, 1),
};

/** `partition` in the first `count` gates of `network`, no float unit behind them. */
export function inFirstGates(network: Network, partition: Partition, count: number): Partition {
  const first = new Set(
    gatesOf(network)
      .slice(0, count)
      .map((gate) => gate.node.name),
  );
  return {
    floatUnits: (graph, gate) =>
      first.has(gate.node.name) ? partition.floatUnits(graph, gate) : everyUnit(graph, gate, 0),
  };
}
