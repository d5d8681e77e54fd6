import { float64Tensor, sizeOf, type Float64Tensor, type Tensor } from '@floatpath/core';
import { evaluateHomogeneous, evaluateMagnitude, evaluateNode } from '@floatpath/engine';
import type { AnalysisStep } from './analysis.js';
import { createKinkEntries, noKinks, type Kinks } from './kinks.js';

/** One value of the network as a piecewise-linear function of t on the segment from x (t = 0) to x' (t = 1). */
export interface Ray {
  /** Direct evaluations at both ends. */
  readonly start: Float64Tensor;
  readonly end: Float64Tensor;
  /** Slope right after t = 0. */
  readonly slope: Float64Tensor;
  readonly kinks: Kinks;
  /** At least the largest absolute value on the segment, per element. */
  readonly peak: Float64Tensor;
}

/** The input itself: a straight line. */
export function inputRay(start: Float64Tensor, end: Float64Tensor): Ray {
  return {
    start,
    end,
    slope: float64Tensor(
      start.shape,
      start.data.map((v, i) => (end.data[i] as number) - v),
    ),
    kinks: noKinks,
    peak: float64Tensor(
      start.shape,
      start.data.map((v, i) => Math.max(Math.abs(v), Math.abs(end.data[i] as number))),
    ),
  };
}

/**
 * An affine node along the segment: values as they are, slopes without offsets. One ray per output.
 *
 * @param chunk - rows evaluated together; 1 where the network has no batch axis
 */
export function affineRays(
  step: AnalysisStep,
  rayOf: (name: string) => Ray,
  chunk: number,
): readonly Ray[] {
  const { node, isConstant } = step;
  const of = (part: 'start' | 'end' | 'slope' | 'peak'): (Tensor | undefined)[] =>
    step.operands((name) => rayOf(name)[part]);
  const start = evaluateNode(node, of('start'));
  const end = evaluateNode(node, of('end'));
  const slope = evaluateHomogeneous(node, of('slope'), isConstant);
  const peak = evaluateMagnitude(node, of('peak'));
  const kinks = affineKinks(
    step,
    rayOf,
    chunk,
    start.map((tensor) => sizeOf(tensor.shape)),
  );
  return start.map((tensor, slot): Ray => ({
    start: tensor as Float64Tensor,
    end: end[slot] as Float64Tensor,
    slope: slope[slot] as Float64Tensor,
    kinks: kinks[slot] ?? noKinks,
    peak: peak[slot] as Float64Tensor,
  }));
}

/** Slope changes pass through an affine node like slopes do, one dense row per time. */
function affineKinks(
  step: AnalysisStep,
  rayOf: (name: string) => Ray,
  chunk: number,
  sizes: readonly number[],
): readonly Kinks[] {
  const names = [
    ...new Set(step.node.inputs.filter((name, slot) => name !== '' && !step.isConstant(slot))),
  ];
  const rays = names.map(rayOf);
  const times = mergedTimes(rays.map((ray) => ray.kinks.times));
  if (times.length === 0) return [];
  const entries = sizes.map(() => createKinkEntries());
  const cursors = new Int32Array(rays.length);
  for (let first = 0; first < times.length; first += chunk) {
    const rows = Math.min(chunk, times.length - first);
    const dense = rays.map((ray, r) => {
      const at = denseRows(ray, times, first, rows, cursors[r] as number);
      cursors[r] = at.cursor;
      return at.tensor;
    });
    const changed = evaluateHomogeneous(
      step.node,
      step.operands((name) => dense[names.indexOf(name)] as Tensor),
      step.isConstant,
    );
    entries.forEach((collected, slot) => {
      const size = sizes[slot] as number;
      const { data } = changed[slot] as Float64Tensor;
      for (let row = 0; row < rows; row += 1) {
        const base = row * size;
        for (let i = 0; i < size; i += 1) {
          const delta = data[base + i] as number;
          if (delta !== 0) collected.push(first + row, i, delta);
        }
      }
    });
  }
  return entries.map((collected) => collected.inOrder(times));
}

/** All times of several kink lists, ascending, equal ones once. */
function mergedTimes(lists: readonly Float64Array[]): Float64Array {
  const [only = new Float64Array(0)] = lists;
  const all =
    lists.length === 1 ? only : Float64Array.from(lists.flatMap((list) => [...list])).sort();
  return all.filter((time, k) => k === 0 || time !== all[k - 1]);
}

function denseRows(
  ray: Ray,
  times: Float64Array,
  first: number,
  rows: number,
  cursor: number,
): { readonly tensor: Float64Tensor; readonly cursor: number } {
  const { kinks, start } = ray;
  const size = start.data.length;
  const data = new Float64Array(rows * size);
  let at = cursor;
  for (let row = 0; row < rows; row += 1) {
    for (; kinks.times[at] === times[first + row]; at += 1) {
      for (let e = kinks.start[at] as number; e < (kinks.start[at + 1] as number); e += 1) {
        data[row * size + (kinks.index[e] as number)]! += kinks.delta[e] as number;
      }
    }
  }
  const shape = rows === 1 ? start.shape : [rows, ...start.shape.slice(1)];
  return { tensor: float64Tensor(shape, data), cursor: at };
}
