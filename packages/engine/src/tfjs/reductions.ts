import type { ValueType } from '../ops/op.js';
import { inferredAxes } from '../ops/reduce-sum.js';
import { axisAttribute, numberAttribute } from '../attributes.js';
import { constantNumbers } from '../ops/operands.js';
import { plain, plainValue, valueIn } from './layout.js';
import type { TfjsCall, TfjsCore, TfjsOp, TfjsTensor } from './op.js';

type Reduce = (tf: TfjsCore, x: TfjsTensor, axes: number[], keep: boolean) => TfjsTensor;

const sums: Reduce = (tf, x, axes, keep) => tf.sum(x, axes, keep);
const means: Reduce = (tf, x, axes, keep) => tf.mean(x, axes, keep);
const greatest: Reduce = (tf, x, axes, keep) => tf.max(x, axes, keep);
const least: Reduce = (tf, x, axes, keep) => tf.min(x, axes, keep);

const shapeOf = (types: readonly ValueType[]): number[] => [...(types[0]?.shape ?? [])];

/** An op with an optional second input that names the axes. */
function alongAxes(reduce: Reduce): TfjsOp {
  return (call) => {
    const x = plain(call, 0);
    const axes = [...inferredAxes(call.node, call.inputTypes)];
    const reduced = axes.length === 0 ? x : reduce(call.tf, x, axes, true);
    return [plainValue(call.tf.reshape(reduced, shapeOf(call.outputTypes)))];
  };
}

/** Over the whole plane of every channel, whichever way the image lies. */
function overPlane(reduce: Reduce): TfjsOp {
  return (call) => {
    const { tensor, layout } = valueIn(call, 0);
    const axes = tensor.shape.map((_, axis) => axis).slice(2);
    const reduced =
      layout === 'channelsLast'
        ? reduce(call.tf, tensor, [1, 2], true)
        : reduce(call.tf, tensor, axes, true);
    return [plainValue(call.tf.reshape(reduced, shapeOf(call.outputTypes)))];
  };
}

export const reduceSum = alongAxes(sums);
export const reduceMean = alongAxes(means);
export const reduceMax = alongAxes(greatest);
export const reduceMin = alongAxes(least);
export const globalAveragePool = overPlane(means);
export const globalMaxPool = overPlane(greatest);

/** 0, 1, ... along `axis` of a tensor of the given rank. */
function positions(call: TfjsCall, rank: number, axis: number, extent: number): TfjsTensor {
  return call.prepared('positions', () => {
    const shape = new Array<number>(rank).fill(1).with(axis, extent);
    return call.tf.reshape(call.tf.range(0, extent, 1, 'float32'), shape);
  });
}

/**
 * The lowest index of the largest element. Backends do not promise which one of several they name, so it is the least
 * position that holds the maximum; that of an axis with a NaN is 0.
 */
export const argMax: TfjsOp = (call) => {
  const { tf, node } = call;
  const x = plain(call, 0);
  const axis = axisAttribute(node, 0, x.rank);
  const extent = x.shape[axis] as number;
  const holders = tf.equal(x, tf.max(x, axis, true));
  const at = tf.where(holders, positions(call, x.rank, axis, extent), extent);
  const first = tf.min(at, axis, true);
  const index = tf.where(tf.less(first, extent), first, 0);
  return [plainValue(tf.cast(tf.reshape(index, shapeOf(call.outputTypes)), 'int32'))];
};

/** As in ONNX, an index below 0 counts from the end and one beyond gives no hot element. */
export const oneHot: TfjsOp = (call) => {
  const { tf, node, inputTypes } = call;
  const [depth = 0] = constantNumbers(node, inputTypes, 1);
  const index = tf.cast(tf.expandDims(plain(call, 0), -1), 'float32');
  const column = tf.where(tf.less(index, 0), tf.add(index, depth), index);
  const hot = tf.equal(column, positions(call, column.rank, column.rank - 1, depth));
  const [off, on] = tf.split(plain(call, 2), 2);
  return [plainValue(tf.where(hot, on as TfjsTensor, off as TfjsTensor))];
};

/** Along one axis, for any position of it. */
export const softmax: TfjsOp = (call) => {
  const { tf } = call;
  const x = plain(call, 0);
  const axis = axisAttribute(call.node, -1, x.rank);
  const raised = tf.exp(tf.sub(x, tf.max(x, axis, true)));
  return [plainValue(tf.div(raised, tf.sum(raised, axis, true)))];
};

export const logSoftmax: TfjsOp = (call) => {
  const { tf } = call;
  const x = plain(call, 0);
  const axis = axisAttribute(call.node, -1, x.rank);
  const shifted = tf.sub(x, tf.max(x, axis, true));
  return [plainValue(tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true))))];
};

export const layerNormalization: TfjsOp = (call) => {
  const { tf, node } = call;
  const x = plain(call, 0);
  const first = axisAttribute(node, -1, x.rank);
  const axes = x.shape.map((_, axis) => axis).slice(first);
  const centered = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.mul(centered, centered), axes, true);
  const deviation = tf.sqrt(tf.add(variance, numberAttribute(node, 'epsilon', 1e-5)));
  const scaled = tf.mul(tf.div(centered, deviation), plain(call, 1));
  return [plainValue(call.inputs[2] === undefined ? scaled : tf.add(scaled, plain(call, 2)))];
};
