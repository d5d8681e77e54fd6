import { integer } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { fixedShape, frontAxis, unsupportedNode } from '../shapes.js';
import { integerInput, statedIntegers } from './vector-input.js';

/** ReduceMax, ReduceMean, ReduceMin, ReduceSum: axes as an input, all of them where the file names none. */
export const reduce: OpRule = (node, reading) => {
  const [x = '', given = ''] = node.inputs;
  const from = reading.shape(x);
  if (reading.dtype(x) === 'bool') throw unsupportedNode(node, 'of truth values');
  const stated = statedIntegers(node, reading, 'axes', 1) ?? [];
  if (stated.length === 0 && integer(node, 'noop_with_empty_axes', 0) !== 0) {
    reading.alias(node.outputs[0] ?? '', x);
    return;
  }
  const every = from.map((_, axis) => axis);
  const axes =
    stated.length === 0
      ? every
      : stated.map((axis) => frontAxis(node, axis, from.length)).sort((a, b) => a - b);
  // Rows that are reduced over are no rows any more.
  fixedShape(
    node,
    axes.map((axis) => from[axis] ?? 1),
  );
  const keepdims = integer(node, 'keepdims', 1) === 0 ? 0 : 1;
  const kept = from.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const shape = keepdims === 1 ? kept : from.filter((_, axis) => !axes.includes(axis));
  const input = integerInput(reading, given, `${node.outputs[0]}_axes`, axes);
  reading.emit({ ...node, inputs: [x, input], attributes: { keepdims } }, shape);
};
