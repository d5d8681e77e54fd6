import { FloatpathError } from '@floatpath/core';
import type { AnalysisGate } from '@floatpath/activation-patterns';
import type { Neighborhood } from './neighborhood.js';
import type { PreparedPaths } from './prepare-paths.js';

/** Summed weights of the paths that start at a place and end in one scalar of the logits. */
export interface PathWeights {
  /** Per unit: paths from its output through fixed units only; `a` of the margin ledger. */
  readonly units: Float64Array;
  /** Per element of the input: fixed paths. */
  readonly input: Float64Array;
  /** What constants bring along fixed paths. */
  readonly constant: number;
}

/** The same for fixed paths and for paths through at least one float unit. */
export interface BothPathWeights {
  readonly fixed: PathWeights;
  readonly float: PathWeights;
}

/**
 * One backward pass with two channels, the mirror image of the split's recurrence. With A the weights through fixed units only and B
 * those through some float unit:
 *
 *     output:  A = cotangent           B = 0
 *     affine:  A' = W^T A              B' = W^T B
 *     gate  :  A' = (1-m) S^T A        B' = S^T (B + m A)
 *
 * Fixed units select what the neighborhood recorded, float units what they select at the input.
 *
 * @param cotangent - weights of the logits in the scalar, e.g. 1 at the label and -1 at the rival
 * @param own - selections at the input; without them only the fixed channel is followed and B stays 0
 */
export function pathWeights(
  paths: PreparedPaths,
  neighborhood: Neighborhood,
  cotangent: Float64Array,
  own?: Uint16Array,
): BothPathWeights {
  const { analysis, backward } = paths;
  const { layout, input, logits } = analysis;
  requireUnits(layout.units, neighborhood);
  const channels = [createChannel(paths), createChannel(paths)] as const;
  const [fixed, float] = channels;
  fixed.add(logits, cotangent);
  for (const { step, transposed, offsets } of backward) {
    const { gate, node } = step;
    if (gate !== undefined) {
      gateBackward(gate, neighborhood, own, fixed, float);
      continue;
    }
    for (const channel of channels) {
      const arriving = step.outputs.map((name) => channel.take(name));
      if (arriving.every((part) => part === undefined)) continue;
      const constants = offsets();
      arriving.forEach((part, slot) => {
        if (part !== undefined) channel.constant += dot(part, constants[slot] as Float64Array);
      });
      transposed?.of(arriving).forEach((part, slot) => {
        if (part !== undefined) channel.add(node.inputs[slot] as string, part);
      });
    }
  }
  const weights = (channel: Channel): PathWeights => ({
    units: channel.units,
    input: channel.take(input) ?? new Float64Array(paths.sizeOf(input)),
    constant: channel.constant,
  });
  return { fixed: weights(fixed), float: weights(float) };
}

interface Channel {
  readonly units: Float64Array;
  constant: number;
  add(value: string, weights: Float64Array): void;
  /** Room to add single weights of a value. */
  room(value: string): Float64Array;
  take(value: string): Float64Array | undefined;
}

function createChannel(paths: PreparedPaths): Channel {
  const arrived = new Map<string, Float64Array>();
  const room = (value: string): Float64Array => {
    const known = arrived.get(value) ?? new Float64Array(paths.sizeOf(value));
    arrived.set(value, known);
    return known;
  };
  return {
    units: new Float64Array(paths.analysis.layout.units),
    constant: 0,
    room,
    add(value, weights) {
      const sum = room(value);
      weights.forEach((weight, i) => {
        sum[i]! += weight;
      });
    },
    take(value) {
      const weights = arrived.get(value);
      arrived.delete(value);
      return weights;
    },
  };
}

/** Both channels through the units of one gate. */
function gateBackward(
  gate: AnalysisGate,
  { float: floatUnits, selections }: Neighborhood,
  own: Uint16Array | undefined,
  fixed: Channel,
  float: Channel,
): void {
  const a = fixed.take(gate.output);
  const b = float.take(gate.output);
  if (a === undefined && b === undefined) return;
  if (a !== undefined) fixed.units.set(a, gate.start);
  if (b !== undefined) float.units.set(b, gate.start);
  for (let index = 0; index < gate.units; index += 1) {
    const position = gate.start + index;
    const isFloat = floatUnits[position] === 1;
    const weightA = a?.[index] ?? 0;
    const weightB = (b?.[index] ?? 0) + (isFloat ? weightA : 0);
    if (isFloat) {
      if (own !== undefined) passUnit(gate, index, own[position] as number, weightB, float);
      continue;
    }
    const kept = selections[position] as number;
    passUnit(gate, index, kept, weightA, fixed);
    passUnit(gate, index, kept, weightB, float);
  }
}

/** S^T of one unit, and what its offset or constant candidate brings. */
function passUnit(
  gate: AnalysisGate,
  index: number,
  selection: number,
  weight: number,
  channel: Channel,
): void {
  if (weight === 0) return;
  if (gate.kind === 'elementwise') {
    const { slopes, offsets } = gate.piecesOf(index);
    if (slopes[selection] === undefined) throw foreignSelection(gate, index, selection);
    channel.room(gate.inputs[0] as string)[index]! += weight * slopes[selection];
    channel.constant += weight * (offsets[selection] as number);
    return;
  }
  const winner = gate.candidatesOf(index).find(({ piece }) => piece === selection);
  if (winner === undefined) throw foreignSelection(gate, index, selection);
  const from = gate.inputs[winner.slot];
  if (from !== undefined) channel.room(from)[winner.index]! += weight;
  else {
    const constant = gate.inputTypes[winner.slot]?.constant;
    channel.constant += weight * Number(constant?.data[winner.index]);
  }
}

function foreignSelection(gate: AnalysisGate, index: number, selection: number): FloatpathError {
  return new FloatpathError(
    'invalid-argument',
    `path weights: expected a selection that unit ${index} of gate "${gate.node.name}" can make, got ${selection}; the neighborhood belongs to another network`,
  );
}

/** @throws {FloatpathError} `shape-mismatch` for a neighborhood of another network */
export function requireUnits(units: number, { float, selections }: Neighborhood): void {
  if (float.length === units && selections.length === units) return;
  throw new FloatpathError(
    'shape-mismatch',
    `path weights: expected a neighborhood of ${units} units, got ${float.length}; it belongs to another network`,
  );
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
