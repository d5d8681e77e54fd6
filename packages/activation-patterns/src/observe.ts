import type { Fetches, Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder, selectionDtype, type GraphBuilder } from '@floatpath/engine';
import type { Analysis, AnalysisElementwiseGate, AnalysisGate } from './analysis.js';

/** Selections this near to a breakpoint in float32 are settled in float64. */
export const NEAR = 1e-5;

/** An observing network and where its outputs are. */
export interface Observation {
  /** Outputs: the logits, then for every gate its selections (`bool`, or `int64` piece numbers) and its near units (`bool`). */
  readonly network: Network;
  readonly logits: string;
  readonly gates: readonly { readonly selections: string; readonly near: string }[];
}

/**
 * The network whose outputs are the logits and the selection of every unit, so that any engine observes
 * activation patterns. Units with |z - breakpoint| < 1e-5, or a winner less than that ahead of the runner-up, are marked: in
 * float32 their selection is open.
 */
export function observe(analysis: Analysis): Observation {
  const { network, gates } = analysis;
  const logits = network.outputs[0] as ValueInfo;
  const graph = createGraphBuilder(network);
  const observed = gates.map((gate) => ({
    gate,
    selections: gate.op.select(graph, gate),
    near:
      gate.kind === 'choice'
        ? graph.add('Greater', [graph.scalar(NEAR), gate.op.gap(graph, gate)])
        : nearUnits(graph, gate),
  }));
  const shaped = (name: string, gate: AnalysisGate, dtype: ValueInfo['dtype']): ValueInfo => ({
    name,
    dtype,
    shape: gate.outputShape,
  });
  const outputs = observed.flatMap(({ gate, selections, near }) => [
    shaped(selections, gate, selectionDtype(gate)),
    shaped(near, gate, 'bool'),
  ]);
  return {
    network: graph.build(`${network.name} (observed)`, [logits, ...outputs]),
    logits: logits.name,
    gates: observed.map(({ selections, near }) => ({ selections, near })),
  };
}

/** Emits whether the smallest squared distance to a breakpoint is below NEAR squared. */
function nearUnits(graph: GraphBuilder, gate: AnalysisElementwiseGate): string {
  const [z] = gate.inputs as readonly [string];
  const { breakpoints } = gate.piecesOf(0);
  const distances = breakpoints.map((_, j) => {
    const values = Float32Array.from(
      { length: gate.units },
      (_unused, unit) => gate.piecesOf(unit).breakpoints[j] as number,
    );
    const same = values.every((value) => value === values[0]);
    const breakpoint = same
      ? graph.scalar(values[0] as number)
      : graph.constant({ dtype: 'float32', shape: gate.rowShape, data: values });
    const difference = graph.add('Sub', [z, breakpoint]);
    return graph.add('Mul', [difference, difference]);
  });
  const [first, ...rest] = distances;
  // One piece for all z: no unit is near anything.
  if (first === undefined) return graph.add('Less', [z, z]);
  const nearest = rest.reduce((least, distance) => graph.add('Min', [least, distance]), first);
  return graph.add('Greater', [graph.scalar(NEAR * NEAR), nearest]);
}

/** Row `row` of what an observing network returned. */
export function observedRow(
  analysis: Analysis,
  observation: Observation,
  fetches: Fetches,
  row: number,
): { readonly selections: Uint16Array; readonly near: Uint8Array } {
  const selections = new Uint16Array(analysis.layout.units);
  const near = new Uint8Array(analysis.layout.units);
  observation.gates.forEach((names, i) => {
    const { start, units } = analysis.gates[i] as AnalysisGate;
    const selected = fetches[names.selections]?.data ?? [];
    const close = fetches[names.near]?.data ?? [];
    for (let unit = 0; unit < units; unit += 1) {
      selections[start + unit] = Number(selected[row * units + unit] ?? 0);
      near[start + unit] = Number(close[row * units + unit] ?? 0);
    }
  });
  return { selections, near };
}
