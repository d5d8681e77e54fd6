// Ops that move elements. Axes and shapes are the file's own.
import { FloatpathError, float32Tensor, type Dimension } from '@floatpath/core';
import {
  asStated,
  channelsFirst,
  storedAxis,
  storedOrder,
  type LayerGraph,
  type Value,
} from './graph.js';

const invalid = (at: string, expectation: string): FloatpathError =>
  new FloatpathError('invalid-network', `readOnnx: expected ${expectation} at node "${at}"`);

/** The extents behind the batch axis; none is free. */
export const rowShape = ({ shape }: Value): readonly number[] => shape.slice(1) as number[];

const product = (extents: readonly number[]): number =>
  extents.reduce((all, extent) => all * extent, 1);

/** `axis` counted from the front. */
export function axisOf(at: string, axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(front) || front < 0 || front >= rank)
    throw invalid(at, `an axis within rank ${rank}, got ${axis},`);
  return front;
}

/** A row's elements in the file's order under another shape, in which one extent may be -1. */
export function reshaped(
  graph: LayerGraph,
  at: string,
  x: Value,
  target: readonly number[],
): Value {
  const size = product(rowShape(x));
  const wild = target.indexOf(-1);
  const known = product(target.filter((extent) => extent !== -1));
  const shape = target.map((extent) => (extent === -1 ? size / known : extent));
  const fits =
    wild === target.lastIndexOf(-1) &&
    shape.every((extent) => Number.isInteger(extent) && extent >= 0);
  if (!fits || product(shape) !== size)
    throw invalid(
      at,
      `a target that [${rowShape(x).join(', ')}] fits, got [${target.join(', ')}],`,
    );
  const stated = asStated(graph, x);
  const written = graph.integers(`${at}/shape`, [0, ...shape]);
  const node = { at, op: 'Reshape', inputs: [stated.name, written] };
  return graph.emit(node, [x.shape[0] ?? 1, ...shape], false);
}

/** One row per input, in the order in which the file keeps the elements (channels last). */
export function flattened(graph: LayerGraph, at: string, x: Value): Value {
  const rows = x.shape[0] ?? 1;
  const stated = asStated(graph, x);
  const node = { at, op: 'Flatten', inputs: [stated.name], attributes: { axis: 1 } };
  return graph.emit(node, [rows, product(rowShape(x))], false);
}

/** @param perm - axes behind the batch axis, counted from 1 */
export function permutedAxes(
  graph: LayerGraph,
  at: string,
  x: Value,
  perm: readonly number[],
): Value {
  const node = {
    at,
    op: 'Transpose',
    inputs: [asStated(graph, x).name],
    attributes: { perm: [0, ...perm] },
  };
  return graph.emit(
    node,
    [0, ...perm].map((axis) => x.shape[axis] ?? 1),
    false,
  );
}

/** @param pads - per stated axis; negative pads cut */
export function padded(
  graph: LayerGraph,
  at: string,
  x: Value,
  pads: readonly (readonly [before: number, after: number])[],
  value = 0,
): Value {
  const shape = x.shape.map((extent, axis) => {
    const [before, after] = pads[axis] ?? [0, 0];
    return extent === 'batch' ? extent : extent + before + after;
  });
  const stored = storedOrder(x, pads);
  const amounts = graph.integers(`${at}/pads`, [
    ...stored.map(([before]) => before),
    ...stored.map(([, after]) => after),
  ]);
  const fill = value === 0 ? [] : [graph.constant(`${at}/value`, float32Tensor([], [value]))];
  const node = {
    at,
    op: 'Pad',
    inputs: [x.name, amounts, ...fill],
    attributes: { mode: 'constant' },
  };
  return graph.emit(node, shape, x.channelsFirst);
}

/** Elements `from` to `to` along `axis`, each `step`-th. */
export function sliced(
  graph: LayerGraph,
  at: string,
  x: Value,
  axis: number,
  from: number,
  to: number,
  step = 1,
): Value {
  const extent = x.shape[axis];
  const length = Math.ceil((to - from) / step);
  if (typeof extent !== 'number' || from < 0 || to > extent || length < 1)
    throw invalid(
      at,
      `a cut within axis ${axis} of [${x.shape.join(', ')}], got ${from} to ${to},`,
    );
  const stored = storedAxis(x, axis);
  const inputs = [
    x.name,
    ...[from, to, stored, step].map((entry, i) =>
      graph.integers(`${at}/${['starts', 'ends', 'axes', 'steps'][i] ?? ''}`, [entry]),
    ),
  ];
  const shape = x.shape.map((old, i) => (i === axis ? length : old));
  return graph.emit({ at, op: 'Slice', inputs }, shape, x.channelsFirst);
}

/** Values of one rank in one layout: channels first where one of them is stored so. */
export function aligned(graph: LayerGraph, values: readonly Value[]): readonly Value[] {
  const first = values.some((value) => value.channelsFirst);
  const rank = values[0]?.shape.length;
  if (!first || values.some(({ shape }) => shape.length !== rank))
    return values.map((value) => asStated(graph, value));
  return values.map((value) => channelsFirst(graph, value));
}

export function joined(
  graph: LayerGraph,
  at: string,
  values: readonly Value[],
  axis: number,
): Value {
  const stored = aligned(graph, values);
  const [first] = stored;
  if (first === undefined) throw invalid(at, 'at least one input, got none,');
  const total = stored.reduce((sum, { shape }) => sum + Number(shape[axis]), 0);
  const node = {
    at,
    op: 'Concat',
    inputs: stored.map(({ name }) => name),
    attributes: { axis: storedAxis(first, axis) },
  };
  const shape: readonly Dimension[] = first.shape.map((extent, i) => (i === axis ? total : extent));
  return graph.emit(node, shape, first.channelsFirst);
}
