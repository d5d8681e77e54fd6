import type { NetworkNode } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { seluForm } from '../ops/smooth.js';
import { valueIn } from './layout.js';
import type { TfjsCore, TfjsOp, TfjsTensor } from './op.js';

/** An op that maps every element on its own keeps the order of axes. */
function map(f: (tf: TfjsCore, x: TfjsTensor, node: NetworkNode) => TfjsTensor): TfjsOp {
  return (call) => {
    const { tensor, layout } = valueIn(call, 0);
    return [{ tensor: f(call.tf, tensor, call.node), layout }];
  };
}

/** y for x > 0, another value below, with NaN passed on. */
const hinge = (tf: TfjsCore, x: TfjsTensor, above: TfjsTensor, below: TfjsTensor): TfjsTensor =>
  tf.where(tf.greater(x, 0), above, below);

export const identity: TfjsOp = map((tf, x) => tf.clone(x));
export const abs = map((tf, x) => tf.abs(x));
export const neg = map((tf, x) => tf.neg(x));
export const exp = map((tf, x) => tf.exp(x));
export const log = map((tf, x) => tf.log(x));
export const sqrt = map((tf, x) => tf.sqrt(x));
export const tanh = map((tf, x) => tf.tanh(x));
export const erf = map((tf, x) => tf.erf(x));
export const not = map((tf, x) => tf.logicalNot(x));
export const relu = map((tf, x) => tf.relu(x));

export const leakyRelu = map((tf, x, node) =>
  hinge(tf, x, x, tf.mul(x, numberAttribute(node, 'alpha', 0.01))),
);

export const sigmoid = map((tf, x) => tf.sigmoid(x));

// max(x, 0) + log(1 + exp(-|x|)): never overflows.
export const softplus = map((tf, x) => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x))))));

export const softsign = map((tf, x) => tf.div(x, tf.add(tf.abs(x), 1)));

export const elu = map((tf, x, node) =>
  hinge(tf, x, x, tf.mul(tf.expm1(tf.minimum(x, 0)), numberAttribute(node, 'alpha', 1))),
);

export const selu = map((tf, x, node) => {
  const { alpha, gamma } = seluForm(node);
  return tf.mul(hinge(tf, x, x, tf.mul(tf.expm1(tf.minimum(x, 0)), alpha)), gamma);
});

const ramp = (tf: TfjsCore, x: TfjsTensor, scale: number, shift: number): TfjsTensor =>
  tf.minimum(tf.maximum(tf.add(tf.mul(x, scale), shift), 0), 1);

export const hardSigmoid = map((tf, x, node) =>
  ramp(tf, x, numberAttribute(node, 'alpha', 0.2), numberAttribute(node, 'beta', 0.5)),
);

export const hardSwish = map((tf, x) => tf.mul(x, ramp(tf, x, 1 / 6, 0.5)));
