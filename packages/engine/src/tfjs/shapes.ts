import { permutation } from '../ops/shape-ops.js';
import { splitSizes } from '../ops/split.js';
import { gatherPicks } from '../ops/gather.js';
import { padForm } from '../ops/pad.js';
import { sliceForms } from '../ops/slice.js';
import { axisAttribute } from '../attributes.js';
import { constantNumbers } from '../ops/operands.js';
import { plain, plainValue } from './layout.js';
import type { TfjsOp, TfjsTensor } from './op.js';

const outputShape = (types: readonly { readonly shape: readonly number[] }[]): number[] => [
  ...(types[0]?.shape ?? []),
];

/** Flatten, Reshape, Squeeze, Unsqueeze: the same elements, in the shape that the types say. */
export const reshape: TfjsOp = (call) => [
  plainValue(call.tf.reshape(plain(call, 0), outputShape(call.outputTypes))),
];

export const transpose: TfjsOp = (call) => {
  const x = plain(call, 0);
  return [plainValue(call.tf.transpose(x, [...permutation(call.node, x.rank)]))];
};

export const concat: TfjsOp = (call) => {
  const parts = call.node.inputs.map((_, slot) => plain(call, slot));
  const axis = axisAttribute(call.node, 0, parts[0]?.rank ?? 0);
  return [plainValue(parts.length === 1 ? (parts[0] as TfjsTensor) : call.tf.concat(parts, axis))];
};

export const split: TfjsOp = (call) => {
  const x = plain(call, 0);
  const { axis, sizes } = splitSizes(call.node, call.inputTypes);
  let start = 0;
  return sizes.map((size) => {
    const part = call.tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? start : 0)),
      x.shape.with(axis, size),
    );
    start += size;
    return plainValue(part);
  });
};

/** Elements at given positions of one axis. */
function take(
  call: Parameters<TfjsOp>[0],
  x: TfjsTensor,
  axis: number,
  picks: readonly number[],
): TfjsTensor {
  const { tf } = call;
  const [first = 0] = picks;
  if (picks.every((pick, i) => pick === first + i)) {
    return tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? first : 0)),
      x.shape.with(axis, picks.length),
    );
  }
  const indices = call.prepared(`picks ${axis}`, () => tf.tensor1d([...picks], 'int32'));
  // Gathering bools is not registered everywhere; a mask goes through integers.
  return x.dtype === 'bool'
    ? tf.cast(tf.gather(tf.cast(x, 'int32'), indices, axis), 'bool')
    : tf.gather(x, indices, axis);
}

export const slice: TfjsOp = (call) => {
  let x = plain(call, 0);
  for (const { axis, picks } of sliceForms(call.node, call.inputTypes))
    x = take(call, x, axis, picks);
  return [plainValue(x)];
};

export const gather: TfjsOp = (call) => {
  const x = plain(call, 0);
  const axis = axisAttribute(call.node, 0, x.rank);
  const asked = constantNumbers(call.node, call.inputTypes, 1);
  const taken = take(call, x, axis, gatherPicks(call.node, asked, x.shape[axis] as number));
  return [plainValue(call.tf.reshape(taken, outputShape(call.outputTypes)))];
};

/** Negative widths cut. */
export const pad: TfjsOp = (call) => {
  const { tf, node, inputTypes } = call;
  const x = plain(call, 0);
  const { before, after } = padForm(node, inputTypes);
  const [value = 0] = node.inputs[2] ? constantNumbers(node, inputTypes, 2) : [];
  const cut = tf.slice(
    x,
    before.map((width) => Math.max(0, -width)),
    x.shape.map(
      (extent, axis) => extent + Math.min(0, before[axis] ?? 0) + Math.min(0, after[axis] ?? 0),
    ),
  );
  const widths = before.map((width, axis): [number, number] => [
    Math.max(0, width),
    Math.max(0, after[axis] ?? 0),
  ]);
  return [plainValue(tf.pad(cut, widths, value))];
};
