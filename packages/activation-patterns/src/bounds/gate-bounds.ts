import type { AnalysisElementwiseGate } from '../analysis.js';
import { pieceAt } from '../selected.js';
import type { ValueId } from './prepare.js';
import type { LinearRow } from './substitution.js';

/** A row for one element of a value: itself (1), or its negative (-1) for an upper bound. */
export function elementRow(value: ValueId, index: number, weight: 1 | -1): LinearRow {
  return { terms: [{ value, index, weight }] };
}

/** The units of a gate whose bounds lie in several pieces, neighbors in the image next to each other: they share a receptive field. */
export function openUnits(
  gate: AnalysisElementwiseGate,
  low: Float64Array,
  high: Float64Array,
): number[] {
  const open: number[] = [];
  for (let unit = 0; unit < gate.units; unit += 1) {
    const pieces = gate.piecesOf(unit);
    if (pieceAt(pieces, low[unit] as number) !== pieceAt(pieces, high[unit] as number)) {
      open.push(unit);
    }
  }
  return byPosition(open, gate.rowShape);
}

/** Sorts elements of [channels, ...position] by position first. */
export function byPosition(elements: readonly number[], shape: readonly number[]): number[] {
  const plane = shape.slice(1).reduce((product, extent) => product * extent, 1);
  const key = (i: number): number => (i % plane) * (shape[0] ?? 1) + Math.floor(i / plane);
  return [...elements].sort((a, b) => key(a) - key(b));
}
