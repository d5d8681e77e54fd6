import type { Fetches, Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder, type GraphBuilder } from '@floatpath/engine';
import type { Analysis, AnalysisGate } from './analysis.js';
import type { SelectionCounts } from './firing-rates.js';
import { emitNearRows } from './near-rows.js';
import { emitSelections } from './observe.js';

/** A network that counts selections over the rows of a batch, and where its outputs are. */
export interface SelectionCounting {
  /** Outputs: open rows (bool `[batch, 1]`), then per gate what all other rows select, `[1, units]`. */
  readonly network: Network;
  readonly open: string;
  readonly gates: readonly GateCounting[];
}

interface GateCounting {
  readonly fired: string;
  /** Lowest and highest piece; where there are at most two, `fired` tells them. */
  readonly range: readonly string[];
}

/** ONNX data type number of float32. */
const FLOAT = 1;
/** Above all piece numbers. */
const NO_PIECE = 65_536;

/**
 * The network whose outputs are counts, so that no pattern leaves the engine. Rows of which float32 leaves a selection open are
 * marked and not counted. Exact for batches of at most 2^24 rows.
 *
 * @param analysis - of a network with gates whose rows run together
 */
export function countSelections(analysis: Analysis): SelectionCounting {
  const graph = createGraphBuilder(analysis.network);
  const open = analysis.gates
    .map((gate) => graph.add('Reshape', [emitNearRows(graph, gate, true), graph.integers([-1, 1])]))
    .reduce((a, b) => graph.add('Or', [a, b]));
  const settled = graph.add('Not', [open]);
  const weights = graph.add('Reshape', [
    graph.add('Cast', [settled], { to: FLOAT }),
    graph.integers([1, -1]),
  ]);
  const gates = analysis.gates.map((gate) => emitCounts(graph, gate, { settled, weights }));
  const outputs = gates.flatMap(({ fired, range }, i) =>
    [fired, ...range].map((name): ValueInfo => ({
      name,
      dtype: 'float32',
      shape: [1, (analysis.gates[i] as AnalysisGate).units],
    })),
  );
  const marks: ValueInfo = { name: open, dtype: 'bool', shape: ['batch', 1] };
  return {
    network: graph.build(`${analysis.network.name} (selections counted)`, [marks, ...outputs]),
    open,
    gates,
  };
}

/**
 * Emits the counts of one gate.
 *
 * @param rows - `settled`: bool `[batch, 1]`; `weights`: the same as float32 `[1, batch]`
 */
function emitCounts(
  graph: GraphBuilder,
  gate: AnalysisGate,
  { settled, weights }: { readonly settled: string; readonly weights: string },
): GateCounting {
  const flat = graph.add('Reshape', [
    emitSelections(graph, gate),
    graph.integers([-1, gate.units]),
  ]);
  const several = gate.pieces > 2;
  const upper = several
    ? graph.add('Not', [graph.add('Equal', [flat, graph.integers([0])])])
    : flat;
  const fired = graph.add('MatMul', [weights, graph.add('Cast', [upper], { to: FLOAT })]);
  if (!several) return { fired, range: [] };
  const pieces = graph.add('Cast', [flat], { to: FLOAT });
  const extreme = (op: 'ReduceMin' | 'ReduceMax', none: number): string => {
    const counted = graph.add('Where', [settled, pieces, graph.scalar(none)]);
    return graph.add(op, [counted, graph.integers([0])], { keepdims: 1 });
  };
  return { fired, range: [extreme('ReduceMin', NO_PIECE), extreme('ReduceMax', -1)] };
}

/** What a counting network returned, for all rows but the open ones. */
export function countedSelections(
  { layout, gates }: Analysis,
  counting: SelectionCounting,
  fetches: Fetches,
): { readonly counts: SelectionCounts; readonly openRows: readonly number[] } {
  const marks = [...(fetches[counting.open]?.data ?? [])];
  const openRows = marks.flatMap((mark, row) => (mark ? [row] : []));
  const inputs = marks.length - openRows.length;
  const fired = new Uint32Array(layout.units);
  const lowest = new Uint16Array(layout.units);
  const highest = new Uint16Array(layout.units);
  counting.gates.forEach((outputs, i) => {
    const { start, units } = gates[i] as AnalysisGate;
    const numbers = (name: string | undefined): ArrayLike<number> | undefined =>
      name === undefined ? undefined : (fetches[name]?.data as ArrayLike<number>);
    const [low, high] = outputs.range.map(numbers);
    const counted = numbers(outputs.fired) ?? [];
    for (let unit = 0; unit < units; unit += 1) {
      const count = counted[unit] as number;
      fired[start + unit] = count;
      lowest[start + unit] = low?.[unit] ?? (count === inputs ? 1 : 0);
      highest[start + unit] = high?.[unit] ?? (count > 0 ? 1 : 0);
    }
  });
  return { counts: { inputs, fired, lowest, highest }, openRows };
}
