import type { Dimension } from '@floatpath/core';
import { integer, optionalIntegers } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { formatShape, frontAxis, invalidNode } from '../shapes.js';

export const transpose: OpRule = (node, reading) => {
  const from = reading.shape(node.inputs[0] ?? '');
  const perm = optionalIntegers(node, 'perm') ?? from.map((_, i) => from.length - 1 - i);
  if (perm.length !== from.length || from.some((_, i) => !perm.includes(i))) {
    throw invalidNode(
      node,
      `perm to be a permutation of ${from.length} axes, got [${perm.join(', ')}],`,
    );
  }
  reading.emit(
    { ...node, attributes: { perm } },
    perm.map((axis) => from[axis] as Dimension),
  );
};

/** Concat along a fixed axis; before opset 4 the axis was 1 by default. */
export const concat: OpRule = (node, reading) => {
  const shapes = node.inputs.map((name) => reading.shape(name));
  const [first = []] = shapes;
  const axis = frontAxis(node, integer(node, 'axis', 1), first.length);
  const fits = shapes.every(
    (shape) =>
      shape.length === first.length &&
      shape.every((extent, i) => i === axis || extent === first[i]),
  );
  if (!fits)
    throw invalidNode(
      node,
      `shapes equal but for axis ${axis}, got ${shapes.map(formatShape).join(', ')},`,
    );
  const total = shapes.reduce((sum, shape) => {
    const extent = shape[axis];
    if (extent === 'batch') throw invalidNode(node, 'rows that are not joined');
    return sum + (extent ?? 0);
  }, 0);
  reading.emit(
    { ...node, attributes: { axis } },
    first.map((extent, i) => (i === axis ? total : extent)),
  );
};
