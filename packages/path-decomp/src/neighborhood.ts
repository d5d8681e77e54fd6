import { boolTensor, FloatpathError, int64Tensor, type Feeds, type Tensor } from '@floatpath/core';
import type { Analysis, AnalysisGate, Proof } from '@floatpath/activation-patterns';
import { selectionDtype } from '@floatpath/engine';
import { floatInput, selectionInput } from './partition.js';

/**
 * Which units are float on a neighborhood and what the fixed ones select there, in the stable order of units: a segment or a
 * comparison as they are, a proof by {@link provedNeighborhood}.
 */
export interface Neighborhood {
  /** 1 at float units. */
  readonly float: Uint8Array;
  readonly selections: Uint16Array;
}

/** The neighborhood in which everything that is not proved fixed counts as float. */
export function provedNeighborhood(proof: Proof): Neighborhood {
  return {
    float: proof.fixed.map((mark) => 1 - mark),
    selections: proof.selections,
  };
}

/** The mask inputs of a split network, one neighborhood per row. */
export function maskFeeds(
  analysis: Analysis,
  neighborhoods: readonly Neighborhood[],
  selection: 'own' | 'recorded',
): Feeds {
  const { units } = analysis.layout;
  for (const { float, selections } of neighborhoods) {
    if (float.length === units && selections.length === units) continue;
    throw new FloatpathError(
      'shape-mismatch',
      `decompose: expected a neighborhood of ${units} units, got ${float.length}; it belongs to another network`,
    );
  }
  const feeds: Record<string, Tensor> = {};
  for (const gate of analysis.gates) {
    feeds[floatInput(gate)] = boolTensor(
      shapeOf(gate, neighborhoods.length),
      rowsOfGate(
        gate,
        neighborhoods.map(({ float }) => float),
      ),
    );
    if (selection === 'own') continue;
    const values = rowsOfGate(
      gate,
      neighborhoods.map(({ selections }) => selections),
    );
    const shape = shapeOf(gate, neighborhoods.length);
    feeds[selectionInput(gate)] =
      selectionDtype(gate) === 'int64' ? int64Tensor(shape, values) : boolTensor(shape, values);
  }
  return feeds;
}

const shapeOf = (gate: AnalysisGate, rows: number): number[] =>
  gate.outputShape.map((extent) => (extent === 'batch' ? rows : extent));

function rowsOfGate(
  { start, units }: AnalysisGate,
  rows: readonly (Uint8Array | Uint16Array)[],
): Uint16Array {
  const values = new Uint16Array(rows.length * units);
  rows.forEach((row, i) => values.set(row.subarray(start, start + units), i * units));
  return values;
}
