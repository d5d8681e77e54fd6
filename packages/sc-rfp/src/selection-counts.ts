import type { Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder, gatesOf, type Gate, type GraphBuilder } from '@floatpath/engine';

/** ONNX data type number of float32. */
const FLOAT = 1;

/** Outputs that count, for one gate, the rows of a batch that select a piece: one output per piece but the lowest. */
export interface CountOutputs {
  readonly gate: Gate;
  readonly names: readonly string[];
  /** The output summed over the rows, if it was asked for. */
  readonly sum?: string;
}

/**
 * The network with, per unit, the number of rows that select each piece as its outputs `[1, ...rowShape]`; exact in
 * float32 for batches of at most 2^24 rows. Only counts leave the engine, no row's pattern.
 */
export function selectionCounts(
  network: Network,
  options: { readonly outputs: boolean } = { outputs: false },
): {
  readonly network: Network;
  readonly gates: readonly CountOutputs[];
} {
  const graph = createGraphBuilder(network);
  const gates = gatesOf(network).map((gate): CountOutputs => {
    const names = emitSelectionCounts(graph, gate);
    return options.outputs ? { gate, names, sum: sumOfRows(graph, gate.output) } : { gate, names };
  });
  const outputs = gates.flatMap(({ gate, names, sum }) =>
    [...names, ...(sum === undefined ? [] : [sum])].map((name): ValueInfo => ({
      name,
      dtype: 'float32',
      shape: [1, ...gate.rowShape],
    })),
  );
  return { network: graph.build(`${network.name} selection counts`, outputs), gates };
}

/** Emits the counts of one gate: of the upper piece for at most two pieces (a bool selection), else of pieces 1, 2, ... */
export function emitSelectionCounts(graph: GraphBuilder, gate: Gate): readonly string[] {
  const selection = gate.op.select(graph, gate);
  const selected =
    gate.pieces <= 2
      ? [selection]
      : Array.from({ length: gate.pieces - 1 }, (_, k) =>
          graph.add('Equal', [selection, graph.integers([k + 1])]),
        );
  return selected.map((bool) => {
    return sumOfRows(graph, graph.add('Cast', [bool], { to: FLOAT }));
  });
}

const sumOfRows = (graph: GraphBuilder, value: string): string =>
  graph.add('ReduceSum', [value, graph.integers([0])], { keepdims: 1 });
