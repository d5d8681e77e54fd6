import type { Float64Tensor, Tensor } from '@floatpath/core';
import { inputRow, type Analysis, type AnalysisGate } from '@floatpath/activation-patterns';
import { evaluateNode } from '@floatpath/engine';

/**
 * The logits with some units restored, unit by unit from the pieces and candidates of the gates: an independent way to what a
 * restored network computes.
 */
export function restoredLogits(
  analysis: Analysis,
  x: Tensor,
  units: readonly number[],
  selections: Uint16Array,
): Float64Array {
  const values = new Map<string, Tensor>([[analysis.input, inputRow(analysis, x, 'test')]]);
  for (const step of analysis.steps) {
    const operands = step.operands((name) => values.get(name) as Tensor);
    const made = evaluateNode(step.node, operands) as readonly Float64Tensor[];
    const { gate } = step;
    if (gate !== undefined) {
      for (const unit of units) {
        const index = unit - gate.start;
        if (index < 0 || index >= gate.units) continue;
        (made[0] as Float64Tensor).data[index] = restored(
          gate,
          index,
          selections[unit] as number,
          operands,
        );
      }
    }
    made.forEach((tensor, slot) => values.set(step.outputs[slot] as string, tensor));
  }
  return values.get(analysis.logits)?.data as Float64Array;
}

function restored(
  gate: AnalysisGate,
  index: number,
  selection: number,
  operands: readonly (Tensor | undefined)[],
): number {
  if (gate.kind === 'elementwise') {
    const { slopes, offsets } = gate.piecesOf(index);
    const z = Number(operands[0]?.data[index]);
    return (slopes[selection] as number) * z + (offsets[selection] as number);
  }
  const winner = gate.candidatesOf(index).find(({ piece }) => piece === selection);
  return Number(operands[winner?.slot ?? 0]?.data[winner?.index ?? 0]);
}

/** Lowest index of the largest value. */
export function labelOf(logits: Float64Array): number {
  return logits.indexOf(Math.max(...logits));
}
