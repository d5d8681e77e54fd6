import { sizeOf, type Dimension, type Tensor } from '@floatpath/core';
import { castTarget } from './canonical/cast.js';
import type { DraftNode } from './draft.js';
import { integer, optionalIntegers } from './node-attributes.js';

/**
 * A small tensor of integers that is known while reading: exporters compute the target of a Reshape from the shape of
 * its input. An entry can be the free number of rows.
 */
export interface Integers {
  readonly shape: readonly number[];
  readonly data: readonly Dimension[];
}

/** Longer tensors are data, not shapes. */
const LONGEST = 1024;

const vector = (data: readonly Dimension[]): Integers => ({ shape: [data.length], data });

export function integersOf(tensor: Tensor | undefined): Integers | undefined {
  if (tensor?.dtype !== 'int64' || tensor.data.length > LONGEST) return undefined;
  return { shape: tensor.shape, data: Array.from(tensor.data, Number) };
}

/** Elementwise with a scalar or equal length; the free number of rows passes only unchanged. */
function combine(
  a: Integers,
  b: Integers,
  apply: (x: number, y: number) => number,
  neutral: number,
): Integers | undefined {
  const longer = b.data.length > a.data.length ? b : a;
  const entry = ({ data }: Integers, i: number): Dimension | undefined =>
    data.length === 1 ? data[0] : data[i];
  const data = longer.data.map((_, i) => {
    const x = entry(a, i);
    const y = entry(b, i);
    if (typeof x === 'number' && typeof y === 'number') return apply(x, y);
    return x === 'batch' && y === neutral ? 'batch' : undefined;
  });
  return data.includes(undefined) ? undefined : { shape: longer.shape, data: data as Dimension[] };
}

function slice(node: DraftNode, inputs: readonly Integers[]): Integers | undefined {
  const argument = (at: number, name: string): readonly Dimension[] | undefined =>
    inputs[at]?.data ?? optionalIntegers(node, name);
  const [start = 0] = argument(1, 'starts') ?? [];
  const [end = Infinity] = argument(2, 'ends') ?? [];
  const [step = 1] = inputs[4]?.data ?? [];
  const [source] = inputs;
  if (source?.shape.length !== 1 || step !== 1 || start === 'batch' || end === 'batch')
    return undefined;
  return vector(source.data.slice(start, end));
}

function gather(node: DraftNode, inputs: readonly Integers[]): Integers | undefined {
  const [source, indices] = inputs;
  if (source?.shape.length !== 1 || indices === undefined || integer(node, 'axis', 0) !== 0)
    return undefined;
  const data = indices.data.map((index) => source.data.at(index as number));
  return data.includes(undefined) ? undefined : { shape: indices.shape, data: data as Dimension[] };
}

/** What each op of shape arithmetic makes of known integers; `undefined` where it is more than that. */
const operations: Readonly<
  Record<string, (node: DraftNode, inputs: readonly Integers[]) => Integers | undefined>
> = {
  Identity: (_, [a]) => a,
  Cast: (node, [a]) => (['INT32', 'INT64'].includes(castTarget(node)) ? a : undefined),
  Gather: gather,
  Slice: slice,
  Concat: (_, inputs) => vector(inputs.flatMap(({ data }) => data)),
  // Vectors and scalars only: axis 0 is the one axis there is.
  Unsqueeze: (_, [a]) => (a?.shape.length === 0 ? vector(a.data) : undefined),
  Squeeze: (_, [a]) => (a?.data.length === 1 ? { shape: [], data: a.data } : undefined),
  Add: (_, [a, b]) => (a && b ? combine(a, b, (x, y) => x + y, 0) : undefined),
  Sub: (_, [a, b]) => (a && b ? combine(a, b, (x, y) => x - y, 0) : undefined),
  Mul: (_, [a, b]) =>
    a && b ? (combine(a, b, (x, y) => x * y, 1) ?? combine(b, a, (x, y) => x * y, 1)) : undefined,
  Div: (_, [a, b]) => (a && b ? combine(a, b, (x, y) => Math.trunc(x / y), 1) : undefined),
  ReduceProd: (node, [a]) =>
    a && !a.data.includes('batch')
      ? { shape: integer(node, 'keepdims', 1) === 0 ? [] : [1], data: [sizeOf(a.data as number[])] }
      : undefined,
};

/** Folds one node of shape arithmetic, if it is one. `undefined` among `inputs`: not known. */
export function foldIntegers(
  node: DraftNode,
  inputs: readonly (Integers | undefined)[],
): Integers | undefined {
  const known = inputs.filter((input) => input !== undefined);
  if (inputs.length === 0 || known.length !== inputs.length || node.outputs.length !== 1)
    return undefined;
  const result = operations[node.op]?.(node, known);
  return result?.data.every((entry) => entry === 'batch' || Number.isSafeInteger(entry))
    ? result
    : undefined;
}
