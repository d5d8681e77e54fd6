import { numbersOf } from '@floatpath/core';
import { aligned, plain, plainValue, valueIn } from './layout.js';
import type { TfjsCore, TfjsOp, TfjsTensor } from './op.js';

type Binary = (tf: TfjsCore, a: TfjsTensor, b: TfjsTensor) => TfjsTensor;

/** Ops of one or more operands that broadcast, taken two by two. */
function fold(f: Binary): TfjsOp {
  return (call) => {
    const { tensors, layout } = aligned(call);
    return [{ tensor: tensors.reduce((a, b) => f(call.tf, a, b)), layout }];
  };
}

export const add = fold((tf, a, b) => tf.add(a, b));
export const sub = fold((tf, a, b) => tf.sub(a, b));
export const mul = fold((tf, a, b) => tf.mul(a, b));
export const div = fold((tf, a, b) => tf.div(a, b));
export const pow = fold((tf, a, b) => tf.pow(a, b));
export const max = fold((tf, a, b) => tf.maximum(a, b));
export const min = fold((tf, a, b) => tf.minimum(a, b));
export const greater = fold((tf, a, b) => tf.greater(a, b));
export const greaterOrEqual = fold((tf, a, b) => tf.greaterEqual(a, b));
export const less = fold((tf, a, b) => tf.less(a, b));
export const lessOrEqual = fold((tf, a, b) => tf.lessEqual(a, b));
export const equal = fold((tf, a, b) => tf.equal(a, b));
export const and = fold((tf, a, b) => tf.logicalAnd(a, b));
export const or = fold((tf, a, b) => tf.logicalOr(a, b));

export const prelu = fold((tf, x, slope) => tf.where(tf.greater(x, 0), x, tf.mul(x, slope)));

export const where: TfjsOp = (call) => {
  const { tensors, layout } = aligned(call);
  const [condition, a, b] = tensors as [TfjsTensor, TfjsTensor, TfjsTensor];
  return [{ tensor: call.tf.where(condition, a, b), layout }];
};

/** Levels are constants of the network; an omitted one is no limit. */
export const clip: TfjsOp = (call) => {
  const { tf } = call;
  const { tensor, layout } = valueIn(call, 0);
  const level = (slot: 1 | 2, none: number): number => {
    const constant = call.node.inputs[slot] ? call.inputTypes[slot]?.constant : undefined;
    return constant === undefined ? none : (numbersOf(constant)[0] as number);
  };
  const raised = tf.maximum(tensor, level(1, -Infinity));
  return [{ tensor: tf.minimum(raised, level(2, Infinity)), layout }];
};

export const expand: TfjsOp = (call) => [
  plainValue(call.tf.broadcastTo(plain(call, 0), [...(call.outputTypes[0]?.shape ?? [])])),
];
