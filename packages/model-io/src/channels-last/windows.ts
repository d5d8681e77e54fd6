// Convolutions and pools whose input and filter keep channels last.
import {
  FloatpathError,
  type Attributes,
  type Dimension,
  type Float32Tensor,
} from '@floatpath/core';
import { asStated, channelsFirst, permuted, type LayerGraph, type Value } from './graph.js';

/** How a window slides over the two spatial axes. `same` pads as TensorFlow does: an odd rest goes to the end. */
export interface Sliding {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: 'valid' | 'same' | readonly (readonly [before: number, after: number])[];
}

export const invalidWindow = (at: string, expectation: string): FloatpathError =>
  new FloatpathError('invalid-network', `readOnnx: expected ${expectation} at node "${at}"`);

/** The spatial extents of an image value `[batch, height, width, channels]`. */
export function planeOf(at: string, { shape }: Value): readonly [number, number, number] {
  const [, height, width, channels] = shape;
  if (shape.length !== 4 || [height, width, channels].some((extent) => typeof extent !== 'number'))
    throw invalidWindow(
      at,
      `an input [batch, height, width, channels], got [${shape.join(', ')}],`,
    );
  return [height, width, channels] as [number, number, number];
}

function slidExtent(
  at: string,
  extent: number,
  kernel: number,
  axis: number,
  { strides, dilations, padding }: Sliding,
): number {
  const stride = strides[axis] ?? 1;
  if (padding === 'same') return Math.ceil(extent / stride);
  const [before, after] = padding === 'valid' ? [0, 0] : (padding[axis] ?? [0, 0]);
  const reach = (dilations[axis] ?? 1) * (kernel - 1) + 1;
  const out = Math.floor((extent + before + after - reach) / stride) + 1;
  if (!(out >= 1)) throw invalidWindow(at, `a window that fits extent ${extent}, got ${reach},`);
  return out;
}

function paddingOf(padding: Sliding['padding']): Attributes {
  if (padding === 'same') return { auto_pad: 'SAME_UPPER' };
  if (padding === 'valid') return {};
  return { pads: [...padding.map(([before]) => before), ...padding.map(([, after]) => after)] };
}

const slid = (
  at: string,
  x: Value,
  kernel: readonly number[],
  sliding: Sliding,
  channels: number,
) => {
  const [height, width] = planeOf(at, x);
  const extents = [height, width].map((extent, axis) =>
    slidExtent(at, extent, kernel[axis] ?? 1, axis, sliding),
  );
  return [x.shape[0] ?? 1, ...extents, channels] as readonly Dimension[];
};

/** @param kernel - `[height, width, channels per group, filters]` */
export function convolution(
  graph: LayerGraph,
  at: string,
  x: Value,
  kernel: Float32Tensor,
  bias: Float32Tensor | undefined,
  sliding: Sliding,
): Value {
  const [, , channels] = planeOf(at, x);
  const [height = 0, width = 0, perGroup = 0, filters = 0] = kernel.shape;
  if (kernel.shape.length !== 4 || perGroup === 0 || channels % perGroup !== 0)
    throw invalidWindow(at, `a filter for ${channels} channels, got [${kernel.shape.join(', ')}],`);
  const inputs = [
    channelsFirst(graph, x).name,
    graph.constant(`${at}/kernel`, permuted(kernel, [3, 2, 0, 1])),
    ...(bias === undefined ? [] : [graph.constant(`${at}/bias`, bias)]),
  ];
  const attributes = {
    strides: sliding.strides,
    dilations: sliding.dilations,
    group: channels / perGroup,
    ...paddingOf(sliding.padding),
  };
  const shape = slid(at, x, [height, width], sliding, filters);
  return graph.emit({ at, op: 'Conv', inputs, attributes }, shape, true);
}

/** One or more filters per channel. @param kernel - `[height, width, channels, multiplier]` */
export function depthwiseConvolution(
  graph: LayerGraph,
  at: string,
  x: Value,
  kernel: Float32Tensor,
  bias: Float32Tensor | undefined,
  sliding: Sliding,
): Value {
  const [height = 0, width = 0, channels = 0, multiplier = 0] = kernel.shape;
  if (kernel.shape.length !== 4 || channels !== planeOf(at, x)[2])
    throw invalidWindow(
      at,
      `a filter for every channel of [${x.shape.join(', ')}], got [${kernel.shape.join(', ')}],`,
    );
  // Filter c * multiplier + m looks at channel c: the last two axes read as one are the filters of so many groups.
  const grouped: Float32Tensor = {
    ...kernel,
    shape: [height, width, 1, channels * multiplier],
  };
  return convolution(graph, at, x, grouped, bias, sliding);
}

/** The transpose of a convolution. @param kernel - `[height, width, filters, channels]` */
export function transposedConvolution(
  graph: LayerGraph,
  at: string,
  x: Value,
  kernel: Float32Tensor,
  bias: Float32Tensor | undefined,
  strides: readonly number[],
  padding: 'valid' | 'same',
): Value {
  const [height, width, channels] = planeOf(at, x);
  const [, , filters = 0, read] = kernel.shape;
  if (kernel.shape.length !== 4 || read !== channels)
    throw invalidWindow(at, `a filter for ${channels} channels, got [${kernel.shape.join(', ')}],`);
  const gaps = [0, 1].map((axis) => (kernel.shape[axis] ?? 1) - (strides[axis] ?? 1));
  const totals = gaps.map((gap) => (padding === 'same' ? Math.max(gap, 0) : 0));
  const before = totals.map((total) => Math.floor(total / 2));
  const attributes = {
    strides,
    // Positions that the filter does not reach, at the end.
    output_padding: gaps.map((gap) => Math.max(-gap, 0)),
    pads: [...before, ...totals.map((total, axis) => total - (before[axis] ?? 0))],
  };
  const inputs = [
    channelsFirst(graph, x).name,
    graph.constant(`${at}/kernel`, permuted(kernel, [3, 2, 0, 1])),
    ...(bias === undefined ? [] : [graph.constant(`${at}/bias`, bias)]),
  ];
  const extents = [height, width].map(
    (extent, axis) =>
      extent * (strides[axis] ?? 1) + (padding === 'valid' ? Math.max(gaps[axis] ?? 0, 0) : 0),
  );
  const shape = [x.shape[0] ?? 1, ...extents, filters];
  return graph.emit({ at, op: 'ConvTranspose', inputs, attributes }, shape, true);
}

/** MaxPool or AveragePool; what is padded is no candidate and not counted. */
export function pool(
  graph: LayerGraph,
  at: string,
  op: 'MaxPool' | 'AveragePool',
  x: Value,
  kernel: readonly number[],
  sliding: Sliding,
): Value {
  const attributes = {
    kernel_shape: kernel,
    strides: sliding.strides,
    ...paddingOf(sliding.padding),
  };
  const shape = slid(at, x, kernel, sliding, planeOf(at, x)[2]);
  return graph.emit({ at, op, inputs: [channelsFirst(graph, x).name], attributes }, shape, true);
}

/** The mean or maximum over the plane: `[batch, channels]`, or extents 1 in place of the plane. */
export function globalPool(
  graph: LayerGraph,
  at: string,
  op: 'GlobalMaxPool' | 'GlobalAveragePool',
  x: Value,
  keepPlane: boolean,
): Value {
  const [, , channels] = planeOf(at, x);
  const rows = x.shape[0] ?? 1;
  const pooled = graph.emit(
    { at, op, inputs: [channelsFirst(graph, x).name] },
    [rows, 1, 1, channels],
    true,
  );
  if (keepPlane) return pooled;
  const target = graph.integers(`${at}/shape`, [0, channels]);
  const node = { at, op: 'Reshape', inputs: [pooled.name, target] };
  return graph.emit(node, [rows, channels], false);
}

/** A value of rank 3 `[batch, steps, channels]` as a plane of one row, for windows along one axis. */
export function asPlane(graph: LayerGraph, at: string, x: Value): Value {
  const [rows = 1, steps, channels] = x.shape;
  if (x.shape.length !== 3 || typeof steps !== 'number' || typeof channels !== 'number')
    throw invalidWindow(at, `an input [batch, steps, channels], got [${x.shape.join(', ')}],`);
  const target = graph.integers(`${at}/plane`, [0, 1, steps, channels]);
  const node = { at, op: 'Reshape', inputs: [asStated(graph, x).name, target] };
  return graph.emit(node, [rows, 1, steps, channels], false);
}

/** The inverse of {@link asPlane}. */
export function asSteps(graph: LayerGraph, at: string, x: Value): Value {
  const [, steps, channels] = planeOf(at, x);
  const target = graph.integers(`${at}/steps`, [0, steps, channels]);
  const node = { at, op: 'Reshape', inputs: [asStated(graph, x).name, target] };
  return graph.emit(node, [x.shape[0] ?? 1, steps, channels], false);
}
