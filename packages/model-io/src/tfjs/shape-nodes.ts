// Arithmetic of shapes, and nodes that only hand on what they read.
import type { Dimension } from '@floatpath/core';
import { reshaped, rowShape, sliced } from '../channels-last/layout.js';
import { invalidTfNode, tfInteger, unsupportedTfNode, type GraphNode } from './node-attributes.js';
import {
  data,
  dataAt,
  integers,
  knownAt,
  numbersAt,
  type NodeRule,
  type Reading,
} from './terms.js';

const same: NodeRule = ({ node, terms }) => {
  const [first] = terms;
  if (first === undefined) throw invalidTfNode(node, 'an input');
  return first;
};

const shape: NodeRule = (reading) => {
  const [first] = reading.terms;
  if (first?.kind === 'weight') return integers(first.tensor.shape);
  return integers(dataAt(reading, 0).shape);
};

const pack: NodeRule = (reading) =>
  integers(reading.terms.flatMap((_, at) => knownAt(reading, at)));

const prod: NodeRule = (reading) => ({
  kind: 'integers',
  shape: [],
  data: [numbersAt(reading, 0).reduce((all, entry) => all * entry, 1)],
});

const bit = (mask: number, at: number): boolean => ((mask >> at) & 1) === 1;

interface Cut {
  readonly begin: number;
  readonly end: number;
  readonly step: number;
  readonly drops: boolean;
}

function cutsOf(reading: Reading, extents: readonly Dimension[]): readonly Cut[] {
  const { node } = reading;
  const [begins, ends, steps] = [1, 2, 3].map((at) => numbersAt(reading, at)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const mask = (name: string): number => tfInteger(node, name, 0);
  if (mask('ellipsis_mask') !== 0 || mask('new_axis_mask') !== 0)
    throw unsupportedTfNode(node, 'with an ellipsis or a new axis');
  if (begins.length > extents.length) throw invalidTfNode(node, `at most ${extents.length} cuts`);
  return begins.map((begin, axis): Cut => {
    const stated = extents[axis];
    const extent = stated === 'batch' ? Infinity : Number(stated);
    const step = steps[axis] ?? 1;
    const front = (place: number): number => Math.min(place < 0 ? place + extent : place, extent);
    const from = bit(mask('begin_mask'), axis) ? 0 : front(begin);
    const drops = bit(mask('shrink_axis_mask'), axis);
    const to = bit(mask('end_mask'), axis) ? extent : front(ends[axis] ?? extent);
    if (step < 1) throw unsupportedTfNode(node, 'backward');
    return { begin: from, end: drops ? from + 1 : to, step: drops ? 1 : step, drops };
  });
}

/** `x[begin:end:step]` per axis, of a shape or of data behind the rows. */
const stridedSlice: NodeRule = (reading) => {
  const { graph, node, terms } = reading;
  const [source] = terms;
  if (source?.kind === 'integers') {
    const [cut] = cutsOf(reading, source.shape);
    if (cut === undefined || source.shape.length !== 1)
      throw unsupportedTfNode(node, 'of a matrix');
    const kept = source.data.filter(
      (_, i) => i >= cut.begin && i < cut.end && (i - cut.begin) % cut.step === 0,
    );
    return { kind: 'integers', shape: cut.drops ? [] : [kept.length], data: kept };
  }
  const x = dataAt(reading, 0);
  const cuts = cutsOf(reading, x.shape);
  const [rows] = cuts;
  if (rows !== undefined && (rows.begin !== 0 || rows.end !== Infinity || rows.step !== 1))
    throw unsupportedTfNode(node, 'that cuts rows');
  const cut = cuts.reduce((value, { begin, end, step }, axis) => {
    const whole = begin === 0 && end === x.shape[axis] && step === 1;
    return axis === 0 || whole ? value : sliced(graph, node.name, value, axis, begin, end, step);
  }, x);
  const dropped = cuts.flatMap(({ drops }, axis) => (drops ? [axis] : []));
  if (dropped.length === 0) return data(cut);
  const target = rowShape(cut).filter((_, i) => !dropped.includes(i + 1));
  return data(reshaped(graph, node.name, cut, target));
};

const gather: NodeRule = (reading) => {
  const source = knownAt(reading, 0);
  const picked = numbersAt(reading, 1).map((index) => source.at(index));
  if (picked.includes(undefined))
    throw invalidTfNode(reading.node, `an index below ${source.length}`);
  return {
    kind: 'integers',
    shape: picked.length === 1 ? [] : [picked.length],
    data: picked as Dimension[],
  };
};

const cast: NodeRule = (reading) => {
  if (reading.terms[0]?.kind !== 'integers') throw unsupportedTfNode(reading.node, 'of data');
  return reading.terms[0];
};

/** Integer arithmetic on shapes where both sides are integers, else the rule for data. */
export function onShapes(apply: (a: number, b: number) => number, otherwise: NodeRule): NodeRule {
  return (reading) => {
    const [a, b] = reading.terms;
    if (a?.kind !== 'integers' || b?.kind !== 'integers') return otherwise(reading);
    const [left, right] = [numbersAt(reading, 0), numbersAt(reading, 1)];
    const longer = left.length >= right.length ? left : right;
    return {
      kind: 'integers',
      shape: left.length >= right.length ? a.shape : b.shape,
      data: longer.map((_, i) =>
        apply(left[left.length === 1 ? 0 : i] ?? NaN, right[right.length === 1 ? 0 : i] ?? NaN),
      ),
    };
  };
}

/** Names of nodes that are inputs or constants; they have no rule. */
export const isPlaceholder = ({ op }: GraphNode): boolean => op === 'Placeholder';

/** Ops of shapes, and those that hand on what they read. */
export const shapeNodes: Readonly<Record<string, NodeRule>> = {
  Cast: cast,
  CheckNumerics: same,
  GatherV2: gather,
  Identity: same,
  Pack: pack,
  PreventGradient: same,
  Prod: prod,
  Shape: shape,
  Snapshot: same,
  StopGradient: same,
  StridedSlice: stridedSlice,
};
