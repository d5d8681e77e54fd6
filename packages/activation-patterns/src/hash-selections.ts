import type { Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';
import type { Analysis, AnalysisGate } from './analysis.js';
import type { HashWeights } from './hash-weights.js';
import { emitNearRows } from './near-rows.js';
import { emitSelections } from './observe.js';

/** A network that sums weighted selections, and where its outputs are. */
export interface SelectionHashing {
  /** Outputs per gate: `sums` (float32 `[batch, words]`) and `near`, its open rows (bool `[batch, 1]`). */
  readonly network: Network;
  readonly gates: readonly { readonly sums: string; readonly near: string }[];
}

/** ONNX data type number of float32. */
const FLOAT = 1;

/**
 * The network whose outputs are the words of every row's key, gate by gate, so that no pattern leaves the engine. The sums
 * are integers of at most 2^24: exact in float32 on any engine.
 *
 * @param analysis - of a network whose rows run together
 */
export function hashSelections(
  { network, gates }: Analysis,
  weights: readonly HashWeights[],
): SelectionHashing {
  const graph = createGraphBuilder(network);
  const outputs: ValueInfo[] = [];
  const hashed = gates.map((gate: AnalysisGate, i) => {
    const { words, values } = weights[i] as HashWeights;
    const table = graph.constant({ dtype: 'float32', shape: [gate.units, words], data: values });
    const pieces = graph.add('Cast', [emitSelections(graph, gate)], { to: FLOAT });
    const rows = graph.add('Reshape', [pieces, graph.integers([-1, gate.units])]);
    const sums = graph.add('MatMul', [rows, table]);
    const near = graph.add('Reshape', [emitNearRows(graph, gate, true), graph.integers([-1, 1])]);
    outputs.push(
      { name: sums, dtype: 'float32', shape: ['batch', words] },
      { name: near, dtype: 'bool', shape: ['batch', 1] },
    );
    return { sums, near };
  });
  return { network: graph.build(`${network.name} (selections hashed)`, outputs), gates: hashed };
}
