import { float64Tensor, type Float32Tensor, type Tensor } from '@floatpath/core';
import { referenceEngine, withOutputs } from '@floatpath/engine';
import type { Analysis, AnalysisGate } from '../src/index.js';

export interface OracleCrossing {
  readonly t: number;
  readonly unit: number;
  readonly from: number;
  readonly to: number;
}

/** A unit so near to a tie or breakpoint that its selection may be roundoff: the oracle has no opinion then. */
export class Ambiguous extends Error {}

const DEPTH = 28;
const ROUNDOFF = 1e-12;

const clear = (difference: number): number => {
  if (difference !== 0 && Math.abs(difference) < ROUNDOFF) throw new Ambiguous();
  return difference;
};

/** The piece of one unit by the words of the tie rules: at or below a breakpoint is the lower piece, but for a last one. */
function selectionOf(
  gate: AnalysisGate,
  values: readonly (Tensor | undefined)[],
  unit: number,
): number {
  if (gate.kind === 'elementwise') {
    const z = Number(values[0]?.data[unit]);
    const { breakpoints, upperTie } = gate.piecesOf(unit);
    const passed = breakpoints.filter((at, k) => {
      const above = clear(z - at);
      return above > 0 || (above === 0 && upperTie === true && k === breakpoints.length - 1);
    });
    return passed.length;
  }
  const candidates = gate.candidatesOf(unit).map(({ piece, slot, index }) => ({
    piece,
    value: Number(values[slot]?.data[index]) * (gate.op.pick === 'greatest' ? 1 : -1),
  }));
  const best = Math.max(...candidates.map(({ value }) => value));
  return Math.min(
    ...candidates.filter(({ value }) => clear(best - value) === 0).map(({ piece }) => piece),
  );
}

/**
 * All selection changes on a segment by bisection: equal patterns at both ends of a sub-interval imply a constant pattern on
 * it, by induction over the layers. Runs on the reference engine and knows nothing about slopes.
 */
export async function bisectCrossings(
  analysis: Analysis,
  x: Float32Tensor,
  end: Float32Tensor,
): Promise<OracleCrossing[]> {
  const data = (gate: AnalysisGate): string[] => gate.inputs.filter((name) => name !== undefined);
  const names = [...new Set(analysis.gates.flatMap(data))];
  await using kernel = await referenceEngine().load(withOutputs(analysis.network, names));
  const { constants } = analysis.network;
  const selectionsAt = async (t: number): Promise<number[]> => {
    const point = Float64Array.from(x.data, (v, i) => v + t * ((end.data[i] as number) - v));
    const found = await kernel.run({ [analysis.input]: float64Tensor(x.shape, point) });
    return analysis.gates.flatMap((gate) => {
      const values = gate.node.inputs.map((name) => found[name] ?? constants.get(name));
      return Array.from({ length: gate.units }, (_, unit) => selectionOf(gate, values, unit));
    });
  };
  const found: OracleCrossing[] = [];
  const search = async (
    a: number,
    b: number,
    at: number[],
    to: number[],
    depth: number,
  ): Promise<void> => {
    if (at.every((piece, i) => piece === to[i])) return;
    if (depth === 0) {
      at.forEach((from, unit) => {
        const piece = to[unit] as number;
        if (from !== piece) found.push({ t: (a + b) / 2, unit, from, to: piece });
      });
      return;
    }
    const middle = (a + b) / 2;
    const selections = await selectionsAt(middle);
    await search(a, middle, at, selections, depth - 1);
    await search(middle, b, selections, to, depth - 1);
  };
  await search(0, 1, await selectionsAt(0), await selectionsAt(1), DEPTH);
  return found;
}

/** Changes of one unit at one place as one change, or none where the unit comes back: a touch. */
export function merged(found: readonly OracleCrossing[]): OracleCrossing[] {
  const kept: OracleCrossing[] = [];
  for (const crossing of [...found].sort((a, b) => a.unit - b.unit || a.t - b.t)) {
    const last = kept.at(-1);
    const same = last?.unit === crossing.unit && Math.abs(last.t - crossing.t) < 1e-8;
    if (!last || !same) kept.push(crossing);
    else if (last.from === crossing.to) kept.pop();
    else kept.splice(-1, 1, { ...last, to: crossing.to });
  }
  return kept;
}
