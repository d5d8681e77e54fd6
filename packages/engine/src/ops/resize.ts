import { FloatpathError, float32Tensor, float64Tensor, type NetworkNode } from '@floatpath/core';
import { numbersAttribute } from '../attributes.js';
import { absoluteTensor } from './arithmetic.js';
import { multiplyMatrices } from './gemm.js';
import { constantNumbers, dataOf, typeOf } from './operands.js';
import type { AffineOp, ValueType } from './op.js';

export interface AxisMap {
  readonly from: number;
  readonly to: number;
  /** Row-major `[to, from]`: the weights of every output coordinate. */
  readonly weights: Float64Array;
}

function refuse(node: NetworkNode, what: string): FloatpathError {
  return new FloatpathError(
    'unsupported-op',
    `Resize: expected nearest or linear resizing of two spatial axes at node "${node.name}", got ${what}`,
  );
}

/** How output coordinates along the two spatial axes mix input coordinates. */
export function axisMaps(
  node: NetworkNode,
  inputs: readonly (ValueType | undefined)[],
): readonly [AxisMap, AxisMap] {
  const { shape } = typeOf(node, inputs, 0);
  const text = (name: string, fallback: string): string =>
    String(node.attributes[name] ?? fallback);
  const mode = text('mode', 'nearest');
  const transform = text('coordinate_transformation_mode', 'half_pixel');
  const rounding = text('nearest_mode', 'round_prefer_floor');
  if (mode !== 'nearest' && mode !== 'linear') throw refuse(node, `mode ${mode}`);
  if (shape.length !== 4) throw refuse(node, `an input of ${shape.length} dimensions`);
  for (const name of ['antialias', 'exclude_outside', 'keep_aspect_ratio_policy']) {
    const value = node.attributes[name];
    if (value !== undefined && value !== 0 && value !== 'stretch') throw refuse(node, name);
  }
  const asked = node.inputs[3] ? constantNumbers(node, inputs, 3) : undefined;
  const axes = numbersAttribute(
    node,
    'axes',
    shape.map((_, axis) => axis),
  );
  const ofAxis = (values: readonly number[], axis: number): number | undefined => {
    const at = axes.findIndex((one) => (one < 0 ? one + shape.length : one) === axis);
    return at < 0 ? undefined : values[at];
  };
  const scales = asked === undefined ? constantNumbers(node, inputs, 2) : undefined;
  const maps = shape.map((from, axis): AxisMap => {
    const factor = scales && (ofAxis(scales, axis) ?? 1);
    // Runtimes multiply in float32: 10 times 0.7 is 7 there or 6.999, as float32 rounds.
    const to =
      factor === undefined
        ? ((asked && ofAxis(asked, axis)) ?? from)
        : Math.floor(Math.fround(from * Math.fround(factor)));
    const scale = factor ?? to / from;
    const weights = new Float64Array(to * from);
    const add = (row: number, at: number, weight: number): void => {
      const column = Math.min(Math.max(at, 0), from - 1);
      weights[row * from + column] = (weights[row * from + column] as number) + weight;
    };
    for (let row = 0; row < to; row += 1) {
      const x = sourceCoordinate(node, transform, row, scale, from, to);
      if (mode === 'nearest') {
        add(row, nearest(node, rounding, x), 1);
      } else {
        const left = Math.floor(x);
        add(row, left, 1 - (x - left));
        add(row, left + 1, x - left);
      }
    }
    // Runtimes keep weights in float32, and so does the graph of the derivative: both are the same map.
    return { from, to, weights: weights.map(Math.fround) };
  });
  if (maps[0]?.from !== maps[0]?.to || maps[1]?.from !== maps[1]?.to) {
    throw refuse(node, 'resizing of rows or channels');
  }
  return [maps[2], maps[3]] as [AxisMap, AxisMap];
}

/**
 * In float32 steps, as runtimes compute it: the rounding decides which neighbor is nearest at a tie.
 *
 * @see ONNX Resize-18, coordinate_transformation_mode
 */
function sourceCoordinate(
  node: NetworkNode,
  transform: string,
  x: number,
  scale: number,
  from: number,
  to: number,
): number {
  const round = Math.fround;
  const halfPixel = round(round((x + 0.5) / round(scale)) - 0.5);
  switch (transform) {
    case 'half_pixel':
      return halfPixel;
    case 'pytorch_half_pixel':
      return to > 1 ? halfPixel : 0;
    case 'align_corners':
      return to > 1 ? round((x * (from - 1)) / (to - 1)) : 0;
    case 'asymmetric':
      return round(x / round(scale));
    default:
      throw refuse(node, `coordinate_transformation_mode ${transform}`);
  }
}

/** @see ONNX Resize-18, nearest_mode */
function nearest(node: NetworkNode, rounding: string, x: number): number {
  switch (rounding) {
    case 'round_prefer_floor':
      return Math.ceil(x - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(x + 0.5);
    case 'floor':
      return Math.floor(x);
    case 'ceil':
      return Math.ceil(x);
    default:
      throw refuse(node, `nearest_mode ${rounding}`);
  }
}

/** Nearest or linear resizing of images: a fixed linear map along each spatial axis. */
export const resize: AffineOp = {
  type: 'Resize',
  role: 'affine',
  infer(node, inputs) {
    const x = typeOf(node, inputs, 0);
    const [rows, columns] = axisMaps(node, inputs);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), rows.to, columns.to] }];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const types = inputs.map((t) => t && { dtype: t.dtype, shape: t.shape, constant: t });
    const [rows, columns] = axisMaps(node, types);
    const planes = x.data.length / (rows.from * columns.from);
    const out = new Float64Array(planes * rows.to * columns.to);
    const right = new Float64Array(columns.from * columns.to);
    columns.weights.forEach((weight, i) => {
      right[(i % columns.from) * columns.to + Math.floor(i / columns.from)] = weight;
    });
    for (let plane = 0; plane < planes; plane += 1) {
      const size = rows.from * columns.from;
      const image = x.data.subarray(plane * size, (plane + 1) * size);
      const tall = multiplyMatrices(rows.weights, image, rows.to, rows.from, columns.from);
      const done = multiplyMatrices(tall, right, rows.to, columns.from, columns.to);
      out.set(done, plane * done.length);
    }
    return [float64Tensor([...x.shape.slice(0, 2), rows.to, columns.to], out)];
  },
  offsets: () => [],
  absolute: (_node, inputs) =>
    inputs.map((tensor, slot) => (slot === 0 ? absoluteTensor(tensor) : tensor)),
  // dX = R_rows^T dY R_columns
  backward({ graph, node, cotangents: [cotangent], inputTypes }) {
    if (cotangent === undefined) return [undefined];
    const [rows, columns] = axisMaps(node, inputTypes);
    const transposed = new Float64Array(rows.weights.length);
    rows.weights.forEach((weight, i) => {
      transposed[(i % rows.from) * rows.to + Math.floor(i / rows.from)] = weight;
    });
    const left = graph.constant(float32Tensor([rows.from, rows.to], transposed));
    const right = graph.constant(float32Tensor([columns.to, columns.from], columns.weights));
    return [graph.add('MatMul', [graph.add('MatMul', [left, cotangent]), right])];
  },
};
