import type { Fetches, Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder, selectionDtype, type GraphBuilder } from '@floatpath/engine';
import type { Analysis, AnalysisGate } from './analysis.js';
import { breakpointsAt, emitNearRows } from './near-rows.js';

/** An observing network and where its outputs are. */
export interface Observation {
  /** Outputs: the logits, then for every gate its selections (`bool`, or `int64` piece numbers) and its near rows (`bool`). */
  readonly network: Network;
  readonly logits: string;
  readonly gates: readonly { readonly selections: string; readonly near: string }[];
}

/**
 * The network whose outputs are the logits and the selection of every unit, so that any engine observes
 * activation patterns. Rows with a unit of |z - breakpoint| < 1e-5 (or 16 roundoffs of the gate's largest value), or a winner less
 * than that ahead of the runner-up, are marked per gate: in float32 such a selection is open.
 */
export function observe(analysis: Analysis): Observation {
  const { network, gates } = analysis;
  const logits = network.outputs[0] as ValueInfo;
  const graph = createGraphBuilder(network);
  const observed = gates.map((gate) => ({
    gate,
    selections: emitSelections(graph, gate),
    near: emitNearRows(graph, gate, analysis.batched),
  }));
  const outputs = observed.flatMap(({ gate, selections, near }): ValueInfo[] => [
    { name: selections, dtype: selectionDtype(gate), shape: gate.outputShape },
    {
      name: near,
      dtype: 'bool',
      shape: gate.outputShape.map((extent) => (extent === 'batch' ? extent : 1)),
    },
  ]);
  return {
    network: graph.build(`${network.name} (observed)`, [logits, ...outputs]),
    logits: logits.name,
    gates: observed.map(({ selections, near }) => ({ selections, near })),
  };
}

/** Emits the selections of a gate: of one that bends at 0 from z, which the distances to breakpoints read anyhow. */
export function emitSelections(graph: GraphBuilder, gate: AnalysisGate): string {
  const bendsAtZero =
    gate.kind === 'elementwise' &&
    gate.pieces === 2 &&
    gate.piecesOf(0).upperTie !== true &&
    breakpointsAt(gate, 0).every((value) => value === 0);
  return bendsAtZero
    ? graph.add('Greater', [gate.inputs[0] as string, graph.scalar(0)])
    : gate.op.select(graph, gate);
}

/** Row `row` of what an observing network returned. */
export function observedRow(
  analysis: Analysis,
  observation: Observation,
  fetches: Fetches,
  row: number,
): {
  readonly selections: Uint16Array;
  /** Number of gates up to the last of which float32 leaves a selection of this row open; 0 where it leaves none. */
  readonly open: number;
} {
  const selections = new Uint16Array(analysis.layout.units);
  let open = 0;
  observation.gates.forEach((names, i) => {
    const { start, units } = analysis.gates[i] as AnalysisGate;
    const selected = fetches[names.selections]?.data ?? [];
    if (fetches[names.near]?.data[row]) open = i + 1;
    if (selected instanceof Uint8Array) {
      selections.set(selected.subarray(row * units, (row + 1) * units), start);
      return;
    }
    for (let unit = 0; unit < units; unit += 1) {
      selections[start + unit] = Number(selected[row * units + unit]);
    }
  });
  return { selections, open };
}
