import type { Tensor } from '@floatpath/core';
import { inputRow, type Analysis } from './analysis.js';
import { choiceRay } from './choice-ray.js';
import { gateRay, type Crossing } from './gate-ray.js';
import type { Kinks } from './kinks.js';
import { affineRays, inputRay, type Ray } from './ray.js';
import { selectionsOfGate } from './selected.js';

/** Every change of every selection on the segment from x to x'. */
export interface Segment {
  readonly evidence: 'segment';
  /** Ascending in t, then in unit order. */
  readonly crossings: readonly Crossing[];
  /** 1 where the unit's selection is not the same on all of the segment. */
  readonly float: Uint8Array;
  /** Selections at x, in float64: those of fixed units hold on the whole segment. */
  readonly selections: Uint16Array;
  /** Selections at x'. */
  readonly endSelections: Uint16Array;
  /** Logits in float64: at x, at x', and as piecewise-linear functions of t by the walk. */
  readonly logits: {
    readonly start: Float64Array;
    readonly end: Float64Array;
    /** Slopes right after t = 0. */
    readonly slope: Float64Array;
    /** Where slopes change, and by how much; only at crossings. */
    readonly kinks: Kinks;
  };
  /** Largest difference at x' between the walk along the segment and a direct evaluation, over all pre-activations and logits. */
  readonly residual: number;
}

/** Rows of slope changes that go through an affine node together: a node's own work per call (reordered weights) is shared by them. */
const CHUNK = 256;

/**
 * Finds all crossings on the segment [x, x'] exactly, in float64.
 *
 * Along the segment every value of the network is a piecewise-linear function of t; the walk carries its value and slope at x and the
 * sorted list of its slope changes through the network, node by node, so its cost is one forward pass per crossing on sparse rows.
 * A touch (the same selection on both sides) is no crossing; z = 0 on a whole interval is inactive, a tie of candidates on a
 * whole interval goes to the first of them; at x and x' themselves
 * the selection is that of a direct evaluation.
 *
 * @param x - one input; @param end - another
 * @throws {FloatpathError} `shape-mismatch`, `not-finite`
 */
export function segmentBetween(analysis: Analysis, x: Tensor, end: Tensor): Segment {
  const { layout, steps, input } = analysis;
  const rays = new Map<string, Ray>([
    [
      input,
      inputRay(inputRow(analysis, x, 'segmentBetween'), inputRow(analysis, end, 'segmentBetween')),
    ],
  ]);
  const rayOf = (name: string): Ray => rays.get(name) as Ray;
  const crossings: Crossing[] = [];
  const selections = new Uint16Array(layout.units);
  const endSelections = new Uint16Array(layout.units);
  let nodes = 0;
  let magnitude = largest(rayOf(input).peak.data, 0);
  let residual = 0;
  for (const step of steps) {
    if (step.gate === undefined) {
      const made = affineRays(step, rayOf, analysis.batched ? CHUNK : 1);
      made.forEach((ray, slot) => {
        rays.set(step.outputs[slot] as string, ray);
        magnitude = largest(ray.peak.data, magnitude);
      });
      nodes += 1;
      continue;
    }
    const { gate } = step;
    const scale = { nodes, magnitude };
    const { ray, drift } =
      gate.kind === 'choice'
        ? choiceRay(step, gate, rayOf, scale, crossings)
        : gateRay(step, gate, rayOf(gate.inputs[0] as string), scale, crossings);
    rays.set(gate.output, ray);
    magnitude = largest(ray.peak.data, magnitude);
    nodes += 1;
    residual = Math.max(residual, drift);
    const operandsAt = (end: 'start' | 'end'): (Tensor | undefined)[] =>
      step.operands((name) => rayOf(name)[end]);
    selections.set(selectionsOfGate(gate, operandsAt('start')), gate.start);
    endSelections.set(selectionsOfGate(gate, operandsAt('end')), gate.start);
  }
  const float = new Uint8Array(layout.units);
  for (const { unit } of crossings) float[unit] = 1;
  const logits = rayOf(analysis.logits);
  const walked = valueAtEnd(logits);
  walked.forEach((value, j) => {
    residual = Math.max(residual, Math.abs(value - (logits.end.data[j] as number)));
  });
  return {
    evidence: 'segment',
    crossings: crossings.sort((a, b) => a.t - b.t || a.unit - b.unit),
    float,
    selections,
    endSelections,
    logits: {
      start: logits.start.data,
      end: logits.end.data,
      slope: logits.slope.data,
      kinks: logits.kinks,
    },
    residual,
  };
}

const largest = (values: Float64Array, least: number): number =>
  values.reduce((most, value) => Math.max(most, value), least);

/** The value at t = 1 by the walk: start + slope + every slope change for the rest of the way. */
function valueAtEnd({ start, slope, kinks }: Ray): Float64Array {
  const value = start.data.map((v, i) => v + (slope.data[i] as number));
  kinks.times.forEach((t, k) => {
    for (let e = kinks.start[k] as number; e < (kinks.start[k + 1] as number); e += 1) {
      value[kinks.index[e] as number]! += (kinks.delta[e] as number) * (1 - t);
    }
  });
  return value;
}
