import { numbersOf, type Float64Tensor, type RunOptions, type Tensor } from '@floatpath/core';
import type { Candidate } from '@floatpath/engine';
import type { AnalysisChoiceGate } from '../analysis.js';
import { intervalLead, type Lead } from '../prove-choice.js';
import type { Tightening } from '../tightening.js';
import { lowerBounds, STEPS, type BoundMethod } from './bound-rows.js';
import { choiceLinesOf } from './choice-lines.js';
import { byPosition, elementRow, openUnits } from './gate-bounds.js';
import { linesOf } from './lines.js';
import type { GateStep, PreparedBounds, ValueId } from './prepare.js';
import type { InputRegion } from './region.js';
import { createRowSlopes } from './row-slopes.js';
import { createSubstitution, type LinearRow, type Relaxation } from './substitution.js';

/** Tightens the bounds of a network by backward substitution, and bounds further rows once it has been walked. */
export interface SubstitutedBounds extends Tightening {
  /** Lower bounds of rows over the region. @param enough - a bound above this needs no better one */
  lower(rows: readonly LinearRow[], enough: number): Float64Array;
}

export function createSubstitutedBounds(
  prepared: PreparedBounds,
  region: InputRegion,
  method: Exclude<BoundMethod, 'interval'>,
  { signal }: Pick<RunOptions, 'signal'>,
): SubstitutedBounds {
  const { kappa } = prepared;
  const substitution = createSubstitution(prepared);
  const slopes = createRowSlopes(prepared);
  const relaxation: Relaxation = { region, lines: [], slack: [] };
  const lower = (
    rows: readonly LinearRow[],
    end: number,
    steps: number,
    enough: (row: number) => number,
  ): Float64Array => {
    signal?.throwIfAborted();
    return lowerBounds(substitution, slopes, relaxation, rows, end, method, steps, enough);
  };
  /** Bounds of some elements of a value, narrowed in place. */
  const narrow = (
    value: ValueId,
    end: number,
    elements: readonly number[],
    low: Float64Array,
    high: Float64Array,
    floor: (element: number) => number,
    ceiling: (element: number) => number,
  ): void => {
    const rows = elements.flatMap((i) => [elementRow(value, i, 1), elementRow(value, i, -1)]);
    const found = lower(rows, end, STEPS.unit, (row) => {
      const i = elements[row >> 1] as number;
      return row % 2 === 0 ? floor(i) : -ceiling(i);
    });
    elements.forEach((i, k) => {
      low[i] = Math.max(low[i] as number, found[2 * k] as number);
      high[i] = Math.min(high[i] as number, -(found[2 * k + 1] as number));
    });
  };
  return {
    affine(s, magnitudes) {
      const step = prepared.steps[s];
      if (step?.kind !== 'affine') return;
      step.outputs.forEach(({ value }, slot) => {
        relaxation.slack[value] = magnitudes[slot]?.map((m) => kappa * m);
      });
    },
    elementwise(s, gate, low, high) {
      const { inputs } = prepared.steps[s] as GateStep;
      const open = openUnits(gate, low, high);
      const last = (i: number): number => gate.piecesOf(i).breakpoints.at(-1) as number;
      const first = (i: number): number => gate.piecesOf(i).breakpoints[0] as number;
      narrow(inputs[0] as ValueId, s, open, low, high, last, first);
      relaxation.lines[s] = linesOf(gate.units, gate.piecesOf, low, high, kappa);
    },
    choice(s, gate, winners, lows, highs) {
      const { inputs } = prepared.steps[s] as GateStep;
      const single = intervalLead(lows, highs);
      const rivals = openRivals(gate, winners, single);
      inputs.forEach((value, slot) => {
        if (value === undefined) return;
        const elements = new Set(
          rivals.flatMap(({ winner, other }) =>
            [winner, other].filter((c) => c.slot === slot).map(({ index }) => index),
          ),
        );
        const shape = gate.inputTypes[slot]?.shape ?? [];
        const sorted = byPosition([...elements], shape.length > 1 ? shape.slice(1) : shape);
        const [low, high] = [lows[slot], highs[slot]] as [Float64Tensor, Float64Tensor];
        const never = (): number => Infinity;
        narrow(value, s, sorted, low.data, high.data, never, () => -Infinity);
      });
      const lead = createLeads(gate, inputs, winners, lows, single);
      lead.add(openRivals(gate, winners, lead.of), (rows) => lower(rows, s, STEPS.unit, () => 0));
      const proved = new Uint8Array(gate.units).fill(1);
      for (const { unit } of openRivals(gate, winners, lead.of)) proved[unit] = 0;
      const bounds = {
        low: ({ slot, index }: Candidate) => Number(lows[slot]?.data[index]),
        high: ({ slot, index }: Candidate) => Number(highs[slot]?.data[index]),
        lead: lead.of,
      };
      relaxation.lines[s] = choiceLinesOf(gate, winners, proved, bounds, lows, kappa);
      return lead.of;
    },
    lower: (rows, enough) => lower(rows, prepared.steps.length, STEPS.output, () => enough),
  };
}

interface Rival {
  readonly unit: number;
  readonly winner: Candidate;
  readonly other: Candidate;
}

/** The candidates that a lead does not prove to lose against the winner at the center. */
function openRivals(gate: AnalysisChoiceGate, winners: Uint16Array, lead: Lead): Rival[] {
  const greatest = gate.op.pick === 'greatest';
  const rivals: Rival[] = [];
  for (let unit = 0; unit < gate.units; unit += 1) {
    const candidates = gate.candidatesOf(unit);
    const winner = candidates.find(({ piece }) => piece === winners[unit]);
    if (winner === undefined) continue;
    for (const other of candidates) {
      if (other === winner) continue;
      const ahead = greatest ? lead(unit, winner, other) : lead(unit, other, winner);
      if (!(other.piece < winner.piece ? ahead > 0 : ahead >= 0))
        rivals.push({ unit, winner, other });
    }
  }
  return rivals;
}

/** Leads by intervals, and those that rows of differences have shown. */
function createLeads(
  gate: AnalysisChoiceGate,
  inputs: GateStep['inputs'],
  winners: Uint16Array,
  operands: readonly (Tensor | undefined)[],
  single: Lead,
): {
  readonly of: Lead;
  add(rivals: readonly Rival[], bound: (rows: readonly LinearRow[]) => Float64Array): void;
} {
  const shown = new Map<string, number>();
  const key = (unit: number, a: Candidate, b: Candidate): string => `${unit}:${a.piece}:${b.piece}`;
  const terms = ({ slot, index }: Candidate, weight: number): LinearRow['terms'] => {
    const value = inputs[slot];
    return value === undefined ? [] : [{ value, index, weight }];
  };
  const constant = ({ slot, index }: Candidate): number => {
    const operand = operands[slot];
    return inputs[slot] === undefined && operand ? (numbersOf(operand)[index] as number) : 0;
  };
  return {
    of: (unit, a, b) => Math.max(single(unit, a, b), shown.get(key(unit, a, b)) ?? -Infinity),
    add(rivals, bound) {
      // Both ways: what the winner leads by, and what the other at most leads by.
      const pairs = rivals.flatMap(({ unit, winner, other }) => [
        { unit, a: winner, b: other },
        { unit, a: other, b: winner },
      ]);
      const found = bound(pairs.map(({ a, b }) => ({ terms: [...terms(a, 1), ...terms(b, -1)] })));
      pairs.forEach(({ unit, a, b }, k) => {
        const least = (found[k] as number) + constant(a) - constant(b);
        const room =
          2 ** -51 * (Math.abs(found[k] as number) + Math.abs(constant(a)) + Math.abs(constant(b)));
        shown.set(key(unit, a, b), least - room);
      });
    },
  };
}
