// Ops whose result has the shape of what they read, and those that mix channels only.
import {
  FloatpathError,
  float32Tensor,
  type Attributes,
  type Dimension,
  type Float32Tensor,
} from '@floatpath/core';
import {
  asStated,
  broadcastConstant,
  channelsFirst,
  storedAxis,
  type LayerGraph,
  type Value,
} from './graph.js';
import { aligned } from './layout.js';

const invalid = (at: string, expectation: string): FloatpathError =>
  new FloatpathError('invalid-network', `readOnnx: expected ${expectation} at node "${at}"`);

export const unary = (
  graph: LayerGraph,
  at: string,
  op: string,
  x: Value,
  attributes: Attributes = {},
): Value => graph.emit({ at, op, inputs: [x.name], attributes }, x.shape, x.channelsFirst);

/** An op with one number beside `x`. */
export function withNumber(
  graph: LayerGraph,
  at: string,
  op: string,
  x: Value,
  number: number,
): Value {
  const constant = graph.constant(`${at}/number`, float32Tensor([], [number]));
  return graph.emit({ at, op, inputs: [x.name, constant] }, x.shape, x.channelsFirst);
}

/** `undefined` is no bound. */
export function clipped(
  graph: LayerGraph,
  at: string,
  x: Value,
  low: number | undefined,
  high: number | undefined,
): Value {
  const bound = (name: string, value: number | undefined): string =>
    value === undefined ? '' : graph.constant(`${at}/${name}`, float32Tensor([], [value]));
  const inputs = [x.name, bound('min', low), bound('max', high)];
  return graph.emit({ at, op: 'Clip', inputs }, x.shape, x.channelsFirst);
}

function broadcastShape(at: string, a: readonly Dimension[], b: readonly Dimension[]): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw invalid(at, `shapes that broadcast, got [${a.join(', ')}] and [${b.join(', ')}],`);
  });
}

/** A chain of a two-sided op over all values. */
export function combined(
  graph: LayerGraph,
  at: string,
  op: string,
  values: readonly Value[],
): Value {
  const [first, ...rest] = aligned(graph, values);
  if (first === undefined) throw invalid(at, 'at least one input, got none,');
  return rest.reduce(
    (total, next) =>
      graph.emit(
        { at, op, inputs: [total.name, next.name] },
        broadcastShape(at, total.shape, next.shape),
        total.channelsFirst,
      ),
    first,
  );
}

/** A two-sided op of `x` and a constant with the file's axes, which may stand on the left. */
export function withConstant(
  graph: LayerGraph,
  at: string,
  op: string,
  x: Value,
  tensor: Float32Tensor,
  constantFirst = false,
): Value {
  const shape = broadcastShape(at, x.shape, tensor.shape);
  const stored = shape.length === x.shape.length ? x : asStated(graph, x);
  const constant = broadcastConstant(graph, `${at}/constant`, tensor, stored);
  const inputs = constantFirst ? [constant, stored.name] : [stored.name, constant];
  return graph.emit({ at, op, inputs }, shape, stored.channelsFirst);
}

/** x W + b over the last axis. @param kernel - `[inputs, outputs]` */
export function dense(
  graph: LayerGraph,
  at: string,
  x: Value,
  kernel: Float32Tensor,
  bias: Float32Tensor | undefined,
): Value {
  const stated = asStated(graph, x);
  const [read, units = 0] = kernel.shape;
  if (kernel.shape.length !== 2 || x.shape.at(-1) !== read)
    throw invalid(at, `a matrix for [${x.shape.join(', ')}], got [${kernel.shape.join(', ')}],`);
  const shape = [...x.shape.slice(0, -1), units];
  const weight = graph.constant(`${at}/kernel`, kernel);
  if (x.shape.length === 2) {
    const offset = bias === undefined ? [] : [graph.constant(`${at}/bias`, bias)];
    const op = bias === undefined ? 'MatMul' : 'Gemm';
    return graph.emit({ at, op, inputs: [stated.name, weight, ...offset] }, shape, false);
  }
  const product = graph.emit({ at, op: 'MatMul', inputs: [stated.name, weight] }, shape, false);
  return bias === undefined ? product : withConstant(graph, at, 'Add', product, bias);
}

/** (x - mean) / sqrt(variance + epsilon) * scale + shift per channel, the last axis. */
export function normalized(
  graph: LayerGraph,
  at: string,
  x: Value,
  statistics: Readonly<Record<'scale' | 'shift' | 'mean' | 'variance', Float32Tensor>>,
  epsilon: number,
): Value {
  const stored = channelsFirst(graph, x);
  const named = (['scale', 'shift', 'mean', 'variance'] as const).map((name) =>
    graph.constant(`${at}/${name}`, statistics[name]),
  );
  return graph.emit(
    { at, op: 'BatchNormalization', inputs: [stored.name, ...named], attributes: { epsilon } },
    x.shape,
    stored.channelsFirst,
  );
}

/** Softmax or LogSoftmax along one axis of the file. */
export function softmax(
  graph: LayerGraph,
  at: string,
  op: 'Softmax' | 'LogSoftmax',
  x: Value,
  axis: number,
): Value {
  return unary(graph, at, op, x, { axis: storedAxis(x, axis) });
}
