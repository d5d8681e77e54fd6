import type { Float64Tensor, Tensor } from '@floatpath/core';
import type { Pieces } from '@floatpath/engine';
import type { AnalysisChoiceGate, AnalysisGate } from './analysis.js';

/**
 * The piece that `z` selects. A breakpoint itself belongs to the lower piece (z > 0 is active, z <= 0 inactive), the last
 * one to the last piece where the gate says so (Clip: z >= high is high).
 */
export function pieceAt({ breakpoints, upperTie }: Pieces, z: number): number {
  let piece = 0;
  for (const breakpoint of breakpoints) {
    if (z > breakpoint || (upperTie && piece === breakpoints.length - 1 && z === breakpoint)) {
      piece += 1;
    }
  }
  return piece;
}

/** The piece of the unit at `index` that wins: the first of the best candidates. */
export function winnerAt(
  gate: AnalysisChoiceGate,
  operands: readonly (Tensor | undefined)[],
  index: number,
): number {
  const sign = gate.op.pick === 'greatest' ? 1 : -1;
  let winner = 0;
  let best = Number.NaN;
  for (const { piece, slot, index: at } of gate.candidatesOf(index)) {
    const value = sign * Number(operands[slot]?.data[at]);
    if (value > best || Number.isNaN(best)) {
      winner = piece;
      best = value;
    }
  }
  return winner;
}

/** The selections of all units of a gate, given what its node reads in float64. */
export function selectionsOfGate(
  gate: AnalysisGate,
  operands: readonly (Tensor | undefined)[],
): Uint16Array {
  const selections = new Uint16Array(gate.units);
  const z = operands[0] as Float64Tensor;
  for (let unit = 0; unit < gate.units; unit += 1) {
    selections[unit] =
      gate.kind === 'choice'
        ? winnerAt(gate, operands, unit)
        : pieceAt(gate.piecesOf(unit), z.data[unit] as number);
  }
  return selections;
}
