import { float64Tensor, type Float64Tensor, type Tensor } from '@floatpath/core';
import { evaluateHomogeneous, evaluateNode } from '@floatpath/engine';
import type { AnalysisChoiceGate, AnalysisElementwiseGate, AnalysisStep } from '../analysis.js';
import type { LinearForm } from './polygon.js';

/** A value of the network on the plane: at its origin, and what it gains along each axis. */
export type Sheet = readonly [Float64Tensor, Float64Tensor, Float64Tensor];

/** One number of a value as a function of the plane's coordinates. */
export const formOf = (sheet: Sheet, i: number): LinearForm =>
  [sheet[0].data[i], sheet[1].data[i], sheet[2].data[i]] as unknown as LinearForm;

export function affineSheets(step: AnalysisStep, sheets: ReadonlyMap<string, Sheet>): Sheet[] {
  const part = (k: 0 | 1 | 2): (Tensor | undefined)[] =>
    step.operands((name) => (sheets.get(name) as Sheet)[k]);
  const origins = evaluateNode(step.node, part(0)) as readonly Float64Tensor[];
  const firsts = evaluateHomogeneous(step.node, part(1), step.isConstant);
  const seconds = evaluateHomogeneous(step.node, part(2), step.isConstant);
  return origins.map((origin, slot): Sheet => [
    origin,
    firsts[slot] as Float64Tensor,
    seconds[slot] as Float64Tensor,
  ]);
}

export function selectedSheet(
  gate: AnalysisElementwiseGate,
  z: Sheet,
  selections: Uint16Array,
): Sheet {
  const made = z.map((tensor, k) =>
    float64Tensor(
      tensor.shape,
      tensor.data.map((value, unit) => {
        const pieces = gate.piecesOf(unit);
        const piece = selections[unit] as number;
        const slope = pieces.slopes[piece] as number;
        return slope * value + (k === 0 ? (pieces.offsets[piece] as number) : 0);
      }),
    ),
  );
  return made as unknown as Sheet;
}

/** A candidate on the plane: a constant one has no slopes. */
export function candidateForm(
  step: AnalysisStep,
  gate: AnalysisChoiceGate,
  sheets: ReadonlyMap<string, Sheet>,
): (slot: number, index: number) => LinearForm {
  const constants = step.operands(() => float64Tensor([0]));
  return (slot, index) => {
    const name = gate.inputs[slot];
    if (name === undefined) return [Number(constants[slot]?.data[index]), 0, 0];
    return formOf(sheets.get(name) as Sheet, index);
  };
}

export function chosenSheet(
  gate: AnalysisChoiceGate,
  step: AnalysisStep,
  sheets: ReadonlyMap<string, Sheet>,
  selections: Uint16Array,
): Sheet {
  const formAt = candidateForm(step, gate, sheets);
  const values = [0, 1, 2].map(() => new Float64Array(gate.units));
  for (let unit = 0; unit < gate.units; unit += 1) {
    const winner = gate.candidatesOf(unit).find(({ piece }) => piece === selections[unit]);
    const form = winner === undefined ? [0, 0, 0] : formAt(winner.slot, winner.index);
    values.forEach((of, k) => {
      of[unit] = form[k] as number;
    });
  }
  const { shape } = gate.outputType;
  return values.map((of) => float64Tensor(shape, of)) as unknown as Sheet;
}
