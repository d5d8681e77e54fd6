import { float64Tensor, type Float64Tensor } from '@floatpath/core';
import { evaluateNode } from '@floatpath/engine';
import type { AnalysisElementwiseGate, AnalysisStep } from './analysis.js';
import { byElement, createKinkEntries } from './kinks.js';
import type { Ray } from './ray.js';
import { walkUnit, type UnitVisitor } from './unit-walk.js';

/** One change of one unit's selection on a segment. */
export interface Crossing {
  /** Position on the segment, in [0, 1]. */
  readonly t: number;
  /** Position of the unit in the stable order. */
  readonly unit: number;
  /** Pieces before and after. */
  readonly from: number;
  readonly to: number;
}

/** Roundoff of the values on the segment so far: nodes passed, and the largest |W||h| + |b| or value. */
export interface WalkScale {
  readonly nodes: number;
  readonly magnitude: number;
}

export const UNIT_ROUNDOFF = 2 ** -53;

/**
 * A gate along the segment. Every unit is walked on its own.
 *
 * A pre-activation is off by at most the roundoff of `nodes` nodes, 16 L u s in the sum law's terms, plus one rounding
 * of a value and one of a slope per slope change that it has passed; what is nearer to a breakpoint than that is on it.
 *
 * @param crossings - receives the crossings, unsorted
 * @returns the gate's output, and the largest drift of a unit against the direct evaluation at t = 1
 */
export function gateRay(
  step: AnalysisStep,
  gate: AnalysisElementwiseGate,
  before: Ray,
  scale: WalkScale,
  crossings: Crossing[],
): { readonly ray: Ray; readonly drift: number } {
  const size = gate.units;
  const upstream = byElement(before.kinks, size);
  const entries = createKinkEntries();
  const times = Array.from(before.kinks.times);
  const slope = new Float64Array(size);
  const peak = new Float64Array(size);
  let drift = 0;
  let unit = 0;
  let rows = upstream.row;
  const visitor: UnitVisitor = {
    crossing(t, from, to) {
      crossings.push({ t, unit: gate.start + unit, from, to });
    },
    kink(t, k, delta) {
      entries.push(k >= 0 ? (rows[k] as number) : times.push(t) - 1, unit, delta);
    },
  };
  for (; unit < size; unit += 1) {
    const first = upstream.start[unit] as number;
    const last = upstream.start[unit + 1] as number;
    rows = upstream.row.subarray(first, last);
    const walk = walkUnit(
      gate.piecesOf(unit),
      {
        start: before.start.data[unit] as number,
        end: before.end.data[unit] as number,
        slope: before.slope.data[unit] as number,
        times: before.kinks.times,
        rows,
        deltas: upstream.delta.subarray(first, last),
        tolerance: (16 * scale.nodes + 2 * (last - first)) * UNIT_ROUNDOFF * scale.magnitude,
      },
      visitor,
    );
    slope[unit] = walk.slope;
    peak[unit] = walk.peak;
    drift = Math.max(drift, walk.drift);
  }
  const at = (end: Float64Tensor): Float64Tensor =>
    evaluateNode(
      step.node,
      step.operands(() => end),
    )[0] as Float64Tensor;
  return {
    ray: {
      start: at(before.start),
      end: at(before.end),
      slope: float64Tensor(before.slope.shape, slope),
      kinks: entries.sorted(times),
      peak: float64Tensor(before.peak.shape, peak),
    },
    drift,
  };
}
