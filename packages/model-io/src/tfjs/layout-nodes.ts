import { float32Tensor, sizeOf, type Float32Tensor } from '@floatpath/core';
import { asStated, permuted, storedAxis, type Value } from '../channels-last/graph.js';
import {
  joined,
  padded,
  permutedAxes,
  reshaped,
  rowShape,
  sliced,
} from '../channels-last/layout.js';
import { globalPool } from '../channels-last/windows.js';
import { invalidTfNode, tfFlag, tfIntegers, unsupportedTfNode } from './node-attributes.js';
import {
  data,
  dataAt,
  knownAt,
  numbersAt,
  rowAxis,
  weightAt,
  type NodeRule,
  type Reading,
  type Term,
} from './terms.js';

const product = (extents: readonly number[]): number => extents.reduce((all, e) => all * e, 1);

function reshapedWeight({ node }: Reading, tensor: Float32Tensor, target: readonly number[]): Term {
  const known = product(target.filter((extent) => extent !== -1));
  const shape = target.map((extent) => (extent === -1 ? tensor.data.length / known : extent));
  if (
    !shape.every((extent) => Number.isInteger(extent) && extent >= 0) ||
    sizeOf(shape) !== tensor.data.length
  )
    throw invalidTfNode(
      node,
      `a target for ${tensor.data.length} values, got [${target.join(', ')}],`,
    );
  return { kind: 'weight', tensor: float32Tensor(shape, tensor.data) };
}

/** Rows stay rows: the first entry is their number, or what is left. */
const reshape: NodeRule = (reading) => {
  const { graph, node, terms, fileRows } = reading;
  const [source] = terms;
  if (source?.kind === 'weight')
    return reshapedWeight(reading, source.tensor, numbersAt(reading, 1));
  if (source?.kind === 'integers')
    return {
      kind: 'integers',
      shape: numbersAt(reading, 1).length === 0 ? [] : [source.data.length],
      data: source.data,
    };
  const x = dataAt(reading, 0);
  const [first, ...rest] = knownAt(reading, 1);
  const target = rest as readonly number[];
  const isRest = !target.includes(-1) && product(target) === product(rowShape(x));
  if (first === 'batch' || first === fileRows || (first === -1 && isRest))
    return data(reshaped(graph, node.name, x, target));
  throw unsupportedTfNode(node, `to [${[first, ...rest].join(', ')}], which mixes rows`);
};

function withoutAxes(reading: Reading, x: Value, axes: readonly number[]): Term {
  const target = rowShape(x).filter((_, i) => !axes.includes(i + 1));
  return data(reshaped(reading.graph, reading.node.name, x, target));
}

const squeeze: NodeRule = (reading) => {
  const { node } = reading;
  const x = dataAt(reading, 0);
  const stated = [...tfIntegers(node, 'squeeze_dims'), ...tfIntegers(node, 'axis')];
  const axes =
    stated.length === 0
      ? rowShape(x).flatMap((extent, i) => (extent === 1 ? [i + 1] : []))
      : stated.map((axis) => rowAxis(node, axis, x.shape.length));
  if (axes.some((axis) => x.shape[axis] !== 1))
    throw invalidTfNode(node, `extents 1 at axes [${axes.join(', ')}],`);
  return withoutAxes(reading, x, axes);
};

const expandDims: NodeRule = (reading) => {
  const { graph, node, terms } = reading;
  const [axis = 0] = numbersAt(reading, 1);
  if (terms[0]?.kind === 'integers') return { ...terms[0], shape: [terms[0].data.length] };
  const x = dataAt(reading, 0);
  const at = rowAxis(node, axis, x.shape.length + 1);
  const target = [...rowShape(x)];
  target.splice(at - 1, 0, 1);
  return data(reshaped(graph, node.name, x, target));
};

const transpose: NodeRule = (reading) => {
  const { graph, node, terms } = reading;
  const [first, ...perm] = numbersAt(reading, 1);
  const rank =
    terms[0]?.kind === 'data' ? terms[0].value.shape.length : weightAt(reading, 0).shape.length;
  const all = [first, ...perm] as readonly number[];
  if ([...all].sort((a, b) => a - b).join() !== all.map((_, i) => i).join() || all.length !== rank)
    throw invalidTfNode(node, `a permutation of ${rank} axes, got [${all.join(', ')}],`);
  if (terms[0]?.kind !== 'data')
    return { kind: 'weight', tensor: permuted(weightAt(reading, 0), all) };
  if (first !== 0) throw unsupportedTfNode(node, 'that moves the rows');
  return data(permutedAxes(graph, node.name, terms[0].value, perm));
};

const pad: NodeRule = (reading) => {
  const { graph, node, terms } = reading;
  const x = dataAt(reading, 0);
  const amounts = numbersAt(reading, 1);
  const value = terms.length > 2 ? (weightAt(reading, 2).data[0] ?? 0) : 0;
  const pads = x.shape.map((_, axis) => [amounts[2 * axis], amounts[2 * axis + 1]] as const);
  const fits = pads.every(([before, after]) => Number(before) >= 0 && Number(after) >= 0);
  if (!fits || amounts.length !== 2 * x.shape.length || pads[0]?.[0] !== 0 || pads[0][1] !== 0)
    throw invalidTfNode(node, `amounts for [${x.shape.join(', ')}], got [${amounts.join(', ')}],`);
  return data(padded(graph, node.name, x, pads as readonly (readonly [number, number])[], value));
};

const concat =
  (axisFirst: boolean): NodeRule =>
  (reading) => {
    const { graph, node, terms } = reading;
    const at = axisFirst ? 0 : terms.length - 1;
    const [axis] = numbersAt(reading, at);
    const parts = terms.filter((_, i) => i !== at);
    if (parts.every(({ kind }) => kind === 'integers'))
      return {
        kind: 'integers',
        shape: [parts.flatMap((part) => (part.kind === 'integers' ? part.data : [])).length],
        data: parts.flatMap((part) => (part.kind === 'integers' ? part.data : [])),
      };
    const values = parts.map((part) => {
      if (part.kind !== 'data') throw unsupportedTfNode(node, 'of data and constants');
      return part.value;
    });
    return data(
      joined(graph, node.name, values, rowAxis(node, axis, values[0]?.shape.length ?? 0)),
    );
  };

/** Means, sums and extremes along axes. */
const reducing =
  (op: string): NodeRule =>
  (reading) => {
    const { graph, node } = reading;
    const x = dataAt(reading, 0);
    const axes = numbersAt(reading, 1).map((axis) => rowAxis(node, axis, x.shape.length));
    const keep = tfFlag(node, 'keep_dims') || tfFlag(node, 'keepdims');
    const sorted = [...new Set(axes)].sort((a, b) => a - b);
    if (op === 'ReduceMean' && x.shape.length === 4 && sorted.join() === '1,2')
      return data(globalPool(graph, node.name, 'GlobalAveragePool', x, keep));
    const stated = keep ? x : asStated(graph, x);
    const named = graph.integers(
      `${node.name}/axes`,
      sorted.map((axis) => storedAxis(stated, axis)),
    );
    const kept = x.shape.map((extent, axis) => (sorted.includes(axis) ? 1 : extent));
    const shape = keep ? kept : x.shape.filter((_, axis) => !sorted.includes(axis));
    const attributes = { keepdims: keep ? 1 : 0 };
    return data(
      graph.emit(
        { at: node.name, op, inputs: [stated.name, named], attributes },
        shape,
        stated.channelsFirst,
      ),
    );
  };

const slice: NodeRule = (reading) => {
  const { graph, node } = reading;
  const x = dataAt(reading, 0);
  const begins = numbersAt(reading, 1);
  const lengths = numbersAt(reading, 2);
  if (
    begins.length !== x.shape.length ||
    lengths.length !== x.shape.length ||
    begins[0] !== 0 ||
    lengths[0] !== -1
  )
    throw unsupportedTfNode(node, 'that cuts rows');
  return data(
    begins.reduce((value, begin, axis) => {
      const extent = x.shape[axis];
      const length = lengths[axis] ?? -1;
      if (axis === 0 || typeof extent !== 'number') return value;
      const end = length === -1 ? extent : begin + length;
      return begin === 0 && end === extent
        ? value
        : sliced(graph, node.name, value, axis, begin, end);
    }, x),
  );
};

/** Ops that move, cut, join and reduce. */
export const layoutNodes: Readonly<Record<string, NodeRule>> = {
  Concat: concat(true),
  ConcatV2: concat(false),
  ExpandDims: expandDims,
  Max: reducing('ReduceMax'),
  Mean: reducing('ReduceMean'),
  Min: reducing('ReduceMin'),
  Pad: pad,
  PadV2: pad,
  Reshape: reshape,
  Slice: slice,
  Squeeze: squeeze,
  Sum: reducing('ReduceSum'),
  Transpose: transpose,
};
