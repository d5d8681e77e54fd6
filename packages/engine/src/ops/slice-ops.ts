import { FloatpathError, numbersOf, sizeOf, type NetworkNode, type Tensor } from '@floatpath/core';
import { axisAttribute } from '../attributes.js';
import { absoluteTensor } from './arithmetic.js';
import { constantNumbers, typeOf } from './operands.js';
import type { AffineOp, ValueType } from './op.js';

type Types = readonly (ValueType | undefined)[];

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

const asTypes = (inputs: readonly (Tensor | undefined)[]): Types =>
  inputs.map((t) => t && { dtype: t.dtype, shape: t.shape, constant: t });

const absoluteFirst: AffineOp['absolute'] = (_node, inputs) =>
  inputs.map((tensor, slot) => (slot === 0 ? absoluteTensor(tensor) : tensor));

interface SliceForm {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly picks: readonly number[];
}

/** ONNX Slice, axis by axis: starts and ends count from the end where negative and are clamped to the axis. */
function sliceForms(node: NetworkNode, inputs: Types): readonly SliceForm[] {
  const { shape } = typeOf(node, inputs, 0);
  const starts = constantNumbers(node, inputs, 1);
  const ends = constantNumbers(node, inputs, 2);
  const axes = node.inputs[3] ? constantNumbers(node, inputs, 3) : starts.map((_, i) => i);
  const steps = node.inputs[4] ? constantNumbers(node, inputs, 4) : starts.map(() => 1);
  return axes.map((asked, i) => {
    const axis = asked < 0 ? asked + shape.length : asked;
    const extent = shape[axis];
    const step = steps[i] as number;
    if (extent === undefined || step === 0) {
      throw new FloatpathError(
        'invalid-network',
        `Slice: expected axes of the input and steps other than 0 at node "${node.name}", got axis ${asked}, step ${step}`,
      );
    }
    const from = (value: number): number => (value < 0 ? value + extent : value);
    const clamp = (value: number, low: number, high: number): number =>
      Math.min(Math.max(value, low), high);
    const start =
      step > 0
        ? clamp(from(starts[i] as number), 0, extent)
        : clamp(from(starts[i] as number), 0, extent - 1);
    const end =
      step > 0
        ? clamp(from(ends[i] as number), 0, extent)
        : clamp(from(ends[i] as number), -1, extent - 1);
    const picks: number[] = [];
    for (let at = start; step > 0 ? at < end : at > end; at += step) picks.push(at);
    return { axis, start, step, picks };
  });
}

/** Part of a tensor along some axes. */
export const slice: AffineOp = {
  type: 'Slice',
  role: 'affine',
  infer(node, inputs) {
    const { dtype, shape } = typeOf(node, inputs, 0);
    const out = [...shape];
    for (const { axis, picks } of sliceForms(node, inputs)) out[axis] = picks.length;
    return [{ dtype, shape: out }];
  },
  evaluate(node, inputs) {
    let x = inputs[0] as Tensor;
    for (const { axis, picks } of sliceForms(node, asTypes(inputs))) {
      x = takeElements(x, x.shape.with(axis, picks.length), pickAlong(x.shape, axis, picks));
    }
    return [x];
  },
  offsets: () => [],
  absolute: absoluteFirst,
  backward({ graph, node, cotangents: [cotangent], inputTypes }) {
    if (cotangent === undefined) return [undefined];
    let gradient = cotangent;
    for (const { axis, picks } of sliceForms(node, inputTypes)) {
      gradient = scatterAlong(graph, gradient, inputTypes[0]?.shape ?? [], axis, picks);
    }
    return [gradient];
  },
};

/**
 * Emits the transpose of "take `picks` along `axis`": a product with a 0/1 matrix along that axis, which every engine
 * has; positions that were taken twice add up.
 */
function scatterAlong(
  graph: Parameters<NonNullable<AffineOp['backward']>>[0]['graph'],
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

/** Elements at constant indices along one axis; an index tensor of any rank. */
export const gather: AffineOp = {
  type: 'Gather',
  role: 'affine',
  infer(node, inputs) {
    const { dtype, shape } = typeOf(node, inputs, 0);
    const axis = axisAttribute(node, 0, shape.length);
    const indices = typeOf(node, inputs, 1).shape;
    return [{ dtype, shape: shape.toSpliced(axis, 1, ...indices) }];
  },
  evaluate(node, inputs) {
    const x = inputs[0] as Tensor;
    const indices = inputs[1] as Tensor;
    const axis = axisAttribute(node, 0, x.shape.length);
    const picks = gatherPicks(node, Array.from(numbersOf(indices)), x.shape[axis] as number);
    return [
      takeElements(
        x,
        x.shape.toSpliced(axis, 1, ...indices.shape),
        pickAlong(x.shape, axis, picks),
      ),
    ];
  },
  offsets: () => [],
  refusal: (_node, isConstant) => (isConstant(1) ? undefined : 'indices that depend on the input'),
  absolute: absoluteFirst,
  backward({ graph, node, cotangents: [cotangent], inputTypes, batched }) {
    if (cotangent === undefined) return [undefined, undefined];
    const shape = inputTypes[0]?.shape ?? [];
    const axis = axisAttribute(node, 0, shape.length);
    const picks = gatherPicks(node, constantNumbers(node, inputTypes, 1), shape[axis] as number);
    const flat = shape.with(axis, picks.length);
    const target = batched && axis > 0 ? [-1, ...flat.slice(1)] : flat;
    const lined = graph.add('Reshape', [cotangent, graph.integers(target)]);
    return [scatterAlong(graph, lined, shape, axis, picks), undefined];
  },
};

function gatherPicks(node: NetworkNode, indices: readonly number[], extent: number): number[] {
  return indices.map((index) => {
    const at = index < 0 ? index + extent : index;
    if (at >= 0 && at < extent) return at;
    throw new FloatpathError(
      'invalid-network',
      `Gather: expected indices in [${-extent}, ${extent}) at node "${node.name}", got ${index}`,
    );
  });
}

function splitSizes(node: NetworkNode, inputs: Types): { axis: number; sizes: readonly number[] } {
  const { shape } = typeOf(node, inputs, 0);
  const axis = axisAttribute(node, 0, shape.length);
  const extent = shape[axis] as number;
  if (node.inputs[1]) return { axis, sizes: constantNumbers(node, inputs, 1) };
  const parts = node.outputs.length;
  const size = Math.ceil(extent / parts);
  return { axis, sizes: node.outputs.map((_, i) => Math.min(size, extent - i * size)) };
}

/** Consecutive parts of a tensor along one axis, one output each. */
export const split: AffineOp = {
  type: 'Split',
  role: 'affine',
  infer(node, inputs) {
    const { dtype, shape } = typeOf(node, inputs, 0);
    const { axis, sizes } = splitSizes(node, inputs);
    return sizes.map((size) => ({ dtype, shape: shape.with(axis, size) }));
  },
  evaluate(node, inputs) {
    const x = inputs[0] as Tensor;
    const { axis, sizes } = splitSizes(node, asTypes(inputs));
    let start = 0;
    return sizes.map((size) => {
      const picks = Array.from({ length: size }, (_, i) => start + i);
      start += size;
      return takeElements(x, x.shape.with(axis, size), pickAlong(x.shape, axis, picks));
    });
  },
  offsets: () => [],
  absolute: absoluteFirst,
  backward({ graph, node, cotangents, inputTypes, outputTypes }) {
    const { axis } = splitSizes(node, inputTypes);
    if (cotangents.every((cotangent) => cotangent === undefined)) return [undefined];
    const parts = node.outputs.map((output, i) => {
      const known = cotangents[i];
      if (known !== undefined) return known;
      const zero = graph.scalar(0);
      return outputTypes[i] ? graph.add('Mul', [output, zero]) : zero;
    });
    return [graph.add('Concat', parts, { axis })];
  },
};
