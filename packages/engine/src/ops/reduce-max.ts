import { float32Tensor, float64Tensor, sizeOf, type NetworkNode } from '@floatpath/core';
import type { GraphBuilder } from '../graph-builder.js';
import { LARGEST } from './choice-gate.js';
import { broadcastIndex, dataOf, typeOf } from './operands.js';
import { castTarget } from './plumbing.js';
import { finalShape, inferredAxes, keptShape } from './reduce-sum.js';
import type { ChoiceGate, GateNode, ValueType } from './op.js';

type Types = readonly (ValueType | undefined)[];

/** The greatest or least element along some axes, NaN if one of them is. */
function reduction(
  type: string,
  pick: ChoiceGate['pick'],
  reduced: (
    node: NetworkNode,
    inputs: Types,
  ) => { axes: readonly number[]; shape: readonly number[] },
): ChoiceGate {
  /** Candidates as the last axis of `[...kept axes, candidates]`, the first extent left open for any number of rows. */
  const formOf = ({ node, inputTypes, outputType }: GateNode) => {
    const { shape } = typeOf(node, inputTypes, 0);
    const axes = [...reduced(node, inputTypes).axes].sort((a, b) => a - b);
    const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    const open = (extents: readonly number[]): number[] =>
      extents.map((extent, i) => (i === 0 ? -1 : extent));
    const extentsOf = (which: readonly number[]): number[] =>
      which.map((axis) => shape[axis] as number);
    const perm = [...kept, ...axes];
    return {
      perm,
      count: sizeOf(extentsOf(axes)),
      lines: kept.length === 0 ? [1] : open(extentsOf(kept)),
      permuted: kept.length === 0 ? extentsOf(perm) : open(extentsOf(perm)),
      output: open(outputType.shape),
    };
  };
  const isIdentity = (perm: readonly number[]): boolean => perm.every((axis, i) => axis === i);
  const emitLines = (graph: GraphBuilder, gate: GateNode, y: string): string => {
    const { perm, count, lines } = formOf(gate);
    const moved = isIdentity(perm) ? y : graph.add('Transpose', [y], { perm });
    return graph.add('Reshape', [moved, graph.integers([...lines, count])]);
  };
  /** Bool `[...lines, candidates]`, true at winners. */
  const emitWinners = (graph: GraphBuilder, gate: GateNode, selection: string): string => {
    const { count, lines } = formOf(gate);
    const numbers =
      count > 2 ? selection : graph.add('Cast', [selection], { to: castTarget.int64 });
    const offOn = graph.constant(float32Tensor([2], [0, 1]));
    const oneHot = graph.add(
      'OneHot',
      [graph.add('Reshape', [numbers, graph.integers(lines)]), graph.integers([count]), offOn],
      { axis: -1 },
    );
    return graph.add('Greater', [oneHot, graph.scalar(0)]);
  };
  const emitOutput = (graph: GraphBuilder, gate: GateNode, value: string): string =>
    graph.add('Reshape', [value, graph.integers(formOf(gate).output)]);
  const emission: Pick<ChoiceGate, 'select' | 'applySelection' | 'gap'> = {
    select(graph, gate) {
      const lines = emitLines(graph, gate, gate.node.inputs[0] as string);
      const compared = pick === 'greatest' ? lines : graph.add('Neg', [lines]);
      const first = graph.add('ArgMax', [compared], { axis: -1, keepdims: 0 });
      const winner = emitOutput(graph, gate, first);
      return formOf(gate).count > 2 ? winner : graph.add('Cast', [winner], { to: castTarget.bool });
    },
    applySelection(graph, gate, selection, [y = '']) {
      const winners = emitWinners(graph, gate, selection);
      const kept = graph.add('Where', [winners, emitLines(graph, gate, y), graph.scalar(0)]);
      const sum = graph.add('ReduceSum', [kept, graph.integers([-1])], { keepdims: 0 });
      return emitOutput(graph, gate, sum);
    },
    gap(graph, gate) {
      const lines = emitLines(graph, gate, gate.node.inputs[0] as string);
      const winners = emitWinners(graph, gate, emission.select(graph, gate));
      const none = graph.scalar(pick === 'greatest' ? -LARGEST : LARGEST);
      const extreme = (value: string): string =>
        graph.add(pick === 'greatest' ? 'ReduceMax' : 'ReduceMin', [value, graph.integers([-1])], {
          keepdims: 0,
        });
      const best = extreme(lines);
      const second = extreme(graph.add('Where', [winners, none, lines]));
      const pair = pick === 'greatest' ? [best, second] : [second, best];
      return emitOutput(graph, gate, graph.add('Sub', pair));
    },
  };
  return {
    type,
    role: 'gate',
    kind: 'choice',
    pick,
    infer: (node, inputs) => [
      { dtype: typeOf(node, inputs, 0).dtype, shape: reduced(node, inputs).shape },
    ],
    evaluate(node, inputs) {
      const x = dataOf(node, inputs, 0);
      const types = inputs.map((t) => t && { dtype: t.dtype, shape: t.shape, constant: t });
      const { axes, shape } = reduced(node, types);
      const index = broadcastIndex(keptShape(x.shape, axes), x.shape);
      const sign = pick === 'greatest' ? 1 : -1;
      const out = new Float64Array(sizeOf(shape)).fill(-sign * Infinity);
      x.data.forEach((value, i) => {
        const at = index[i] as number;
        // Math.max keeps NaN.
        out[at] = sign * Math.max(sign * (out[at] as number), sign * value);
      });
      return [float64Tensor(shape, out)];
    },
    pieceCount: (gate) => formOf(gate).count,
    candidates({ node, inputTypes }) {
      const { shape } = typeOf(node, inputTypes, 0);
      const kept = keptShape(shape, reduced(node, inputTypes).axes);
      const lines = Array.from({ length: sizeOf(kept) }, (): number[] => []);
      broadcastIndex(kept, shape).forEach((at, i) => lines[at]?.push(i));
      return (unit) => (lines[unit] ?? []).map((index, piece) => ({ piece, slot: 0, index }));
    },
    ...emission,
    backward({ graph, node, cotangents: [cotangent], inputTypes, outputTypes: [outputType] }) {
      if (cotangent === undefined || outputType === undefined) return [undefined];
      const gate = { node, inputTypes, outputType };
      const { perm, lines, permuted } = formOf(gate);
      const winners = emitWinners(graph, gate, emission.select(graph, gate));
      const column = graph.add('Reshape', [cotangent, graph.integers([...lines, 1])]);
      const spread = graph.add('Where', [winners, column, graph.scalar(0)]);
      const shaped = graph.add('Reshape', [spread, graph.integers(permuted)]);
      if (isIdentity(perm)) return [shaped];
      const back = perm.map((_, axis) => perm.indexOf(axis));
      return [graph.add('Transpose', [shaped], { perm: back })];
    },
  };
}

const alongAxes = (
  node: NetworkNode,
  inputs: Types,
): { axes: readonly number[]; shape: readonly number[] } => {
  const axes = inferredAxes(node, inputs);
  return { axes, shape: finalShape(node, typeOf(node, inputs, 0).shape, axes) };
};

export const reduceMax = reduction('ReduceMax', 'greatest', alongAxes);
export const reduceMin = reduction('ReduceMin', 'least', alongAxes);

/** The greatest element of every channel. */
export const globalMaxPool = reduction('GlobalMaxPool', 'greatest', (node, inputs) => {
  const { shape } = typeOf(node, inputs, 0);
  const axes = shape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  return { axes, shape: keptShape(shape, axes) };
});
