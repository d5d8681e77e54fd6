import { float64Tensor, type Float64Tensor, type Tensor } from '@floatpath/core';
import { evaluateNode } from '@floatpath/engine';
import type { AnalysisChoiceGate, AnalysisStep } from './analysis.js';
import { walkChoice, type CandidatePath } from './choice-walk.js';
import { UNIT_ROUNDOFF, type Crossing, type WalkScale } from './gate-ray.js';
import { byElement, createKinkEntries } from './kinks.js';
import type { Ray } from './ray.js';

/**
 * A choice gate along the segment. Every unit follows the upper (or lower) envelope of its candidates.
 *
 * Two candidates that are nearer to each other than twice the roundoff of a pre-activation are tied.
 *
 * @param crossings - receives the crossings, unsorted
 * @returns the gate's output, and the largest drift of a candidate against the direct evaluation at t = 1
 */
export function choiceRay(
  step: AnalysisStep,
  gate: AnalysisChoiceGate,
  rayOf: (name: string) => Ray,
  scale: WalkScale,
  crossings: Crossing[],
): { readonly ray: Ray; readonly drift: number } {
  const operands = step.operands(() => float64Tensor([0]));
  const slots = gate.inputs.map((name, slot) => {
    if (name === undefined) return { constant: operands[slot] as Tensor };
    const ray = rayOf(name);
    return { ray, upstream: byElement(ray.kinks, ray.start.data.length) };
  });
  const pathOf = (slot: number, index: number, piece: number): CandidatePath => {
    const { ray, upstream, constant } = slots[slot] ?? {};
    if (ray === undefined || upstream === undefined) {
      const value = Number(constant?.data[index]);
      return { piece, start: value, end: value, slope: 0, times: none, deltas: none };
    }
    const [first, last] = [upstream.start[index] as number, upstream.start[index + 1] as number];
    const rows = upstream.row.subarray(first, last);
    return {
      piece,
      start: ray.start.data[index] as number,
      end: ray.end.data[index] as number,
      slope: ray.slope.data[index] as number,
      times: Float64Array.from(rows, (row) => ray.kinks.times[row] as number),
      deltas: upstream.delta.subarray(first, last),
    };
  };

  const entries = createKinkEntries();
  const times: number[] = [];
  const rowAt = new Map<number, number>();
  const slope = new Float64Array(gate.units);
  const peak = new Float64Array(gate.units);
  let drift = 0;
  for (let unit = 0; unit < gate.units; unit += 1) {
    const paths = gate
      .candidatesOf(unit)
      .map(({ slot, index, piece }) => pathOf(slot, index, piece));
    const changes = Math.max(...paths.map((path) => path.times.length));
    const walk = walkChoice(
      paths,
      gate.op.pick,
      2 * (16 * scale.nodes + 2 * changes) * UNIT_ROUNDOFF * scale.magnitude,
      {
        crossing(t, from, to) {
          crossings.push({ t, unit: gate.start + unit, from, to });
        },
        kink(t, delta) {
          const row = rowAt.get(t) ?? times.push(t) - 1;
          rowAt.set(t, row);
          entries.push(row, unit, delta);
        },
      },
    );
    slope[unit] = walk.slope;
    peak[unit] = walk.peak;
    drift = Math.max(drift, walk.drift);
  }
  const at = (end: 'start' | 'end'): Float64Tensor =>
    evaluateNode(
      step.node,
      step.operands((name) => rayOf(name)[end]),
    )[0] as Float64Tensor;
  const start = at('start');
  return {
    ray: {
      start,
      end: at('end'),
      slope: float64Tensor(start.shape, slope),
      kinks: entries.sorted(times),
      peak: float64Tensor(start.shape, peak),
    },
    drift,
  };
}

const none = new Float64Array(0);
