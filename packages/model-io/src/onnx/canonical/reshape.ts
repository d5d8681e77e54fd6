import type { Dimension } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { integer, optionalIntegers } from '../node-attributes.js';
import type { OpRule, Reading } from '../reading.js';
import {
  elements,
  formatShape,
  frontAxis,
  invalidNode,
  unsupportedNode,
  type Shape,
} from '../shapes.js';
import { integerInput, statedIntegers } from './vector-input.js';

/** The target as the file states it: an attribute before opset 5, known integers since. */
function statedTarget(node: DraftNode, reading: Reading): readonly Dimension[] {
  const stated =
    reading.opset < 5
      ? optionalIntegers(node, 'shape')
      : reading.integers(node.inputs[1] ?? '')?.data;
  if (stated === undefined) throw unsupportedNode(node, 'with a target shape that depends on data');
  return stated;
}

/** Replaces 0 by the input's extent there and -1 by what is left. */
function resolved(
  node: DraftNode,
  from: Shape,
  stated: readonly Dimension[],
  keepZero: boolean,
): readonly Dimension[] {
  const target = stated.map((extent, i) => (extent === 0 && !keepZero ? from[i] : extent));
  const wild = target.indexOf(-1);
  const mismatch = (): Error =>
    invalidNode(node, `a target that ${formatShape(from)} fits, got [${stated.join(', ')}],`);
  if (target.some((extent) => extent === undefined || (typeof extent === 'number' && extent < -1)))
    throw mismatch();
  if (wild !== target.lastIndexOf(-1)) throw mismatch();
  // A batch axis on both sides cancels.
  const batched = from[0] === 'batch' && target[0] === 'batch';
  const count = elements(node, batched ? from.slice(1) : from);
  const rest = (batched ? target.slice(1) : target) as Dimension[];
  const known = elements(
    node,
    rest.filter((extent) => extent !== -1),
  );
  const filled = wild >= 0 && known > 0 ? count / known : 0;
  if (wild >= 0 ? !Number.isInteger(filled) : known !== count) throw mismatch();
  return target.map((extent) => (extent === -1 ? filled : (extent as Dimension)));
}

/**
 * The stated target with the free batch axis in front. A file that was traced with `rows` rows says `rows`, 0 or -1 there.
 */
function freed(
  node: DraftNode,
  from: Shape,
  stated: readonly Dimension[],
  rows: number,
): readonly Dimension[] {
  const [first, ...rest] = stated;
  if (from[0] !== 'batch' || first === 'batch') return stated;
  const perRow = elements(node, from.slice(1));
  const isRest =
    !rest.includes(-1) &&
    elements(
      node,
      rest.map((extent, i) => (extent === 0 ? (from[i + 1] ?? 0) : extent)),
    ) === perRow;
  if (first === 0 || first === rows || (first === -1 && isRest)) return ['batch', ...rest];
  throw invalidNode(node, 'a target that keeps the rows apart');
}

/** Appends a Reshape to a fully known target; the batch axis is written as -1. */
export function emitReshape(node: DraftNode, target: readonly Dimension[], reading: Reading): void {
  const [x = '', given = ''] = node.inputs;
  const written = target.map((extent) => (extent === 'batch' ? -1 : extent));
  const shape = integerInput(reading, given, `${node.outputs[0]}_shape`, written);
  reading.emit({ ...node, op: 'Reshape', inputs: [x, shape], attributes: {} }, target);
}

/** Reshape to a target that is known while reading, -1 and 0 resolved. */
export const reshape: OpRule = (node, reading) => {
  const from = reading.shape(node.inputs[0] ?? '');
  const stated = statedTarget(node, reading);
  const keepZero = integer(node, 'allowzero', 0) === 1;
  emitReshape(
    node,
    resolved(node, from, freed(node, from, stated, reading.fileRows), keepZero),
    reading,
  );
};

/** Flatten to a matrix at `axis`. A single row flattened at axis 0 is the same as at axis 1. */
export const flatten: OpRule = (node, reading) => {
  const from = reading.shape(node.inputs[0] ?? '');
  const stated = frontAxis(node, integer(node, 'axis', 1), from.length, from.length + 1);
  const batched = from[0] === 'batch';
  const oneRow = batched && stated === 0 && reading.fileRows === 1;
  const onlyRows = batched && stated > 1 && elements(node, from.slice(1, stated)) === 1;
  const axis = oneRow || onlyRows ? 1 : stated;
  const left = batched && axis === 1 ? ('batch' as const) : elements(node, from.slice(0, axis));
  reading.emit({ ...node, attributes: { axis } }, [left, elements(node, from.slice(axis))]);
};

/** The axes of a Squeeze or Unsqueeze: an attribute before opset 13, known integers since. */
const statedAxes = (
  node: DraftNode,
  reading: Reading,
  rank: number,
): readonly number[] | undefined =>
  statedIntegers(node, reading, 'axes', 1)
    ?.map((axis) => frontAxis(node, axis, rank))
    .sort((a, b) => a - b);

export const unsqueeze: OpRule = (node, reading) => {
  const from = reading.shape(node.inputs[0] ?? '');
  const count = statedIntegers(node, reading, 'axes', 1)?.length ?? 0;
  const rank = from.length + count;
  const axes = statedAxes(node, reading, rank);
  if (axes === undefined || new Set(axes).size !== count) throw invalidNode(node, 'distinct axes');
  const rest = [...from];
  const target = Array.from({ length: rank }, (_, i) =>
    axes.includes(i) ? 1 : (rest.shift() as Dimension),
  );
  if (target.lastIndexOf('batch') > 0) throw invalidNode(node, 'a batch axis that stays in front');
  emitReshape({ ...node, inputs: node.inputs.slice(0, 1) }, target, reading);
};

export const squeeze: OpRule = (node, reading) => {
  const from = reading.shape(node.inputs[0] ?? '');
  const stated = statedAxes(node, reading, from.length);
  // Without axes every extent 1 goes, which a file of one row would have lost in front as well.
  const axes =
    stated ??
    from.flatMap((extent, i) =>
      extent === 1 || (extent === 'batch' && reading.fileRows === 1) ? i : [],
    );
  if (axes.some((axis) => from[axis] !== 1))
    throw invalidNode(node, `extents 1 at axes [${axes.join(', ')}], got ${formatShape(from)},`);
  emitReshape(
    { ...node, inputs: node.inputs.slice(0, 1) },
    from.filter((_, i) => !axes.includes(i)),
    reading,
  );
};
