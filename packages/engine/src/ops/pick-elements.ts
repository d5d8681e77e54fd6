import { sizeOf, type Tensor } from '@floatpath/core';
import type { GraphBuilder } from '../graph-builder.js';
import { absoluteTensor } from './arithmetic.js';
import type { AffineOp, ValueType } from './op.js';

export type Types = readonly (ValueType | undefined)[];

/** Elements of `x` at the given positions, in a new shape. */
export function takeElements(x: Tensor, shape: readonly number[], at: ArrayLike<number>): Tensor {
  const data = x.data.slice(0, 0).constructor as new (length: number) => typeof x.data;
  const out = new data(at.length);
  for (let i = 0; i < at.length; i += 1) out[i] = x.data[at[i] as number] as number & bigint;
  return { ...x, shape, data: out } as Tensor;
}

/** Positions of the elements along `axis` that `picks` names, for every output element. */
export function pickAlong(
  shape: readonly number[],
  axis: number,
  picks: readonly number[],
): Int32Array {
  const inner = sizeOf(shape.slice(axis + 1));
  const extent = shape[axis] as number;
  const outer = sizeOf(shape.slice(0, axis));
  const out = new Int32Array(outer * picks.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o += 1) {
    for (const pick of picks) {
      for (let i = 0; i < inner; i += 1, at += 1) out[at] = (o * extent + pick) * inner + i;
    }
  }
  return out;
}

/** What shape rules see of values that are all known. */
export const asTypes = (inputs: readonly (Tensor | undefined)[]): Types =>
  inputs.map((t) => t && { dtype: t.dtype, shape: t.shape, constant: t });

/** Only the first input holds numbers; the others say which. */
export const absoluteFirst: AffineOp['absolute'] = (_node, inputs) =>
  inputs.map((tensor, slot) => (slot === 0 ? absoluteTensor(tensor) : tensor));

/**
 * Emits the transpose of "take `picks` along `axis`": a product with a 0/1 matrix along that axis, which every engine
 * has; positions that were taken twice add up.
 */
export function scatterAlong(
  graph: GraphBuilder,
  value: string,
  shape: readonly number[],
  axis: number,
  picks: readonly number[],
): string {
  const extent = shape[axis] as number;
  if (picks.length === extent && picks.every((pick, i) => pick === i)) return value;
  const matrix = new Float32Array(picks.length * extent);
  picks.forEach((pick, i) => {
    matrix[i * extent + pick] = 1;
  });
  const last = shape.length - 1;
  const perm = shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
  const weights = graph.constant({ dtype: 'float32', shape: [picks.length, extent], data: matrix });
  const moved = axis === last ? value : graph.add('Transpose', [value], { perm });
  const spread = graph.add('MatMul', [moved, weights]);
  return axis === last ? spread : graph.add('Transpose', [spread], { perm });
}
