import type { Fetches, Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder, type GraphBuilder } from '@floatpath/engine';
import type { Analysis, AnalysisGate } from './analysis.js';
import type { SelectionCounts } from './firing-rates.js';
import { emitNearRows } from './near-rows.js';
import { emitSelections } from './observe.js';

/** A network that counts selections over the rows of a batch, and where its outputs are. */
export interface SelectionCounting {
  /** Outputs per gate: its open rows, then what all other rows select, `[1, units]`. */
  readonly network: Network;
  readonly gates: readonly GateCounting[];
}

interface GateCounting {
  /** Bool `[batch, 1]`: float32 leaves a selection of this gate open. */
  readonly open: string;
  readonly fired: string;
  /** Lowest and highest piece; where there are at most two, `fired` tells them. */
  readonly range: readonly string[];
}

/** ONNX data type number of float32. */
const FLOAT = 1;
/** Above all piece numbers. */
const NO_PIECE = 65_536;

/**
 * The network whose outputs are counts, so that no pattern leaves the engine. At every gate, rows of which float32 leaves a
 * selection there open are marked and not counted. Exact for batches of at most 2^24 rows.
 *
 * @param analysis - of a network whose rows run together
 */
export function countSelections(analysis: Analysis): SelectionCounting {
  const graph = createGraphBuilder(analysis.network);
  const gates = analysis.gates.map((gate) => {
    const near = emitNearRows(graph, gate, true);
    return emitCounts(graph, gate, graph.add('Reshape', [near, graph.integers([-1, 1])]));
  });
  const outputs = gates.flatMap(({ open, fired, range }, i): ValueInfo[] => [
    { name: open, dtype: 'bool', shape: ['batch', 1] },
    ...[fired, ...range].map((name): ValueInfo => ({
      name,
      dtype: 'float32',
      shape: [1, (analysis.gates[i] as AnalysisGate).units],
    })),
  ]);
  return {
    network: graph.build(`${analysis.network.name} (selections counted)`, outputs),
    gates,
  };
}

/** Emits the counts of one gate over all rows but the open ones. */
function emitCounts(graph: GraphBuilder, gate: AnalysisGate, open: string): GateCounting {
  const settled = graph.add('Not', [open]);
  const weights = graph.add('Reshape', [
    graph.add('Cast', [settled], { to: FLOAT }),
    graph.integers([1, -1]),
  ]);
  const flat = graph.add('Reshape', [
    emitSelections(graph, gate),
    graph.integers([-1, gate.units]),
  ]);
  const several = gate.pieces > 2;
  const upper = several
    ? graph.add('Not', [graph.add('Equal', [flat, graph.integers([0])])])
    : flat;
  const fired = graph.add('MatMul', [weights, graph.add('Cast', [upper], { to: FLOAT })]);
  if (!several) return { open, fired, range: [] };
  const pieces = graph.add('Cast', [flat], { to: FLOAT });
  const extreme = (op: 'ReduceMin' | 'ReduceMax', none: number): string => {
    const counted = graph.add('Where', [settled, pieces, graph.scalar(none)]);
    return graph.add(op, [counted, graph.integers([0])], { keepdims: 1 });
  };
  return { open, fired, range: [extreme('ReduceMin', NO_PIECE), extreme('ReduceMax', -1)] };
}

/**
 * What a counting network returned, with what it left open.
 *
 * @param settle - the selections of the first `gates` gates at row `row`
 */
export function countedSelections(
  { layout, gates }: Analysis,
  counting: SelectionCounting,
  fetches: Fetches,
  settle: (row: number, gates: number) => Uint16Array,
): SelectionCounts {
  const marks = counting.gates.map(({ open }) => Array.from(fetches[open]?.data ?? [], Boolean));
  const rows = marks[0]?.length ?? 0;
  const settled = Array.from({ length: rows }, (_, row) => {
    const open = marks.findLastIndex((of) => of[row]) + 1;
    return open === 0 ? undefined : settle(row, open);
  });
  const fired = new Uint32Array(layout.units);
  const lowest = new Uint16Array(layout.units);
  const highest = new Uint16Array(layout.units);
  counting.gates.forEach((outputs, i) => {
    const { start, units } = gates[i] as AnalysisGate;
    const numbers = (name: string | undefined): ArrayLike<number> | undefined =>
      name === undefined ? undefined : (fetches[name]?.data as ArrayLike<number>);
    const [lows, highs] = outputs.range.map(numbers);
    const counted = numbers(outputs.fired) ?? [];
    const others = settled.filter((_, row) => marks[i]?.[row]) as Uint16Array[];
    for (let unit = 0; unit < units; unit += 1) {
      let count = counted[unit] as number;
      let low = lows?.[unit] ?? (count === rows - others.length ? 1 : 0);
      let high = highs?.[unit] ?? (count > 0 ? 1 : 0);
      for (const selections of others) {
        const piece = selections[start + unit] as number;
        if (piece !== 0) count += 1;
        low = Math.min(low, piece);
        high = Math.max(high, piece);
      }
      fired[start + unit] = count;
      lowest[start + unit] = low;
      highest[start + unit] = high;
    }
  });
  return { inputs: rows, fired, lowest, highest };
}
