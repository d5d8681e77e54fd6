// TensorFlow and Keras keep channels last; a Network convolves channels first. The graph that is built here remembers how each
// value is stored, so that a chain of convolutions needs one Transpose at its beginning and one at its end.
import {
  float32Tensor,
  int64Tensor,
  sizeOf,
  type Attributes,
  type Dimension,
  type Float32Tensor,
  type Tensor,
} from '@floatpath/core';
import type { Draft, DraftInput, DraftNode } from '../onnx/draft.js';

/** A tensor of the graph: its shape as the file says it, and whether it is stored with its last axis moved behind the first. */
export interface Value {
  readonly name: string;
  /** `'batch'` in front, or the extents of a value that has no batch axis. */
  readonly shape: readonly Dimension[];
  readonly channelsFirst: boolean;
}

export interface LayerGraph {
  /** @param shape - `undefined` for a free first extent; later extents must be known */
  input(name: string, shape: readonly (number | undefined)[]): Value;
  constant(hint: string, tensor: Tensor): string;
  integers(hint: string, values: readonly number[]): string;
  /** Appends a node whose one output has the shape `shape` and is stored as `channelsFirst` says. */
  emit(node: Emitted, shape: readonly Dimension[], channelsFirst: boolean): Value;
  draft(name: string, outputs: readonly { readonly name: string; readonly value: Value }[]): Draft;
}

export interface Emitted {
  /** What the file calls the node, for messages. */
  readonly at: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: Attributes;
}

/** Channels behind the rows: `[0, r-1, 1, ..., r-2]`. */
export const toChannelsFirst = (rank: number): readonly number[] => [
  0,
  rank - 1,
  ...Array.from({ length: rank - 2 }, (_, i) => i + 1),
];

/** Channels at the end again: `[0, 2, ..., r-1, 1]`. */
export const toChannelsLast = (rank: number): readonly number[] => [
  0,
  ...Array.from({ length: rank - 2 }, (_, i) => i + 2),
  1,
];

/** @param outputNames - kept free for the outputs of the graph */
export function createLayerGraph(outputNames: readonly string[]): LayerGraph {
  const inputs: DraftInput[] = [];
  const nodes: DraftNode[] = [];
  const constants = new Map<string, Tensor>();
  const taken = new Set<string>(outputNames);

  function freshName(hint: string): string {
    let name = hint;
    for (let count = 2; taken.has(name); count += 1) name = `${hint}_${count}`;
    taken.add(name);
    return name;
  }

  function constant(hint: string, tensor: Tensor): string {
    const name = freshName(hint);
    constants.set(name, tensor);
    return name;
  }

  return {
    input(name, shape) {
      const own = freshName(name);
      inputs.push({ name: own, dtype: 'float32', shape });
      const [, ...rest] = shape as readonly number[];
      return { name: own, shape: ['batch', ...rest], channelsFirst: false };
    },
    constant,
    integers: (hint, values) => constant(hint, int64Tensor([values.length], values)),
    emit({ at, op, inputs: read, attributes = {} }, shape, channelsFirst) {
      const name = freshName(at);
      nodes.push({ name: at, op, inputs: read, outputs: [name], attributes });
      return { name, shape, channelsFirst };
    },
    draft(name, outputs) {
      const ends = outputs.map((output, i) => {
        const again = outputs.slice(0, i).some((other) => other.name === output.name);
        const own = again ? freshName(output.name) : output.name;
        const end = { at: output.name, op: 'Identity', inputs: [output.value.name] };
        nodes.push({
          name: end.at,
          op: end.op,
          inputs: end.inputs,
          outputs: [own],
          attributes: {},
        });
        return { name: own, dtype: 'float32' as const };
      });
      return { name, opset: 18, inputs, outputs: ends, nodes, constants };
    },
  };
}

const transposed = (graph: LayerGraph, x: Value, channelsFirst: boolean): Value => {
  const rank = x.shape.length;
  const perm = channelsFirst ? toChannelsFirst(rank) : toChannelsLast(rank);
  const node = { at: `${x.name}/layout`, op: 'Transpose', inputs: [x.name], attributes: { perm } };
  return graph.emit(node, x.shape, channelsFirst);
};

/** The same value stored channels first. A value of rank 2 or less is stored in one way only. */
export const channelsFirst = (graph: LayerGraph, x: Value): Value =>
  x.channelsFirst || x.shape.length < 3 ? x : transposed(graph, x, true);

/** The same value stored as the file has it. */
export const asStated = (graph: LayerGraph, x: Value): Value =>
  x.channelsFirst ? transposed(graph, x, false) : x;

/** Where the stated axis `axis` is stored. */
export const storedAxis = (x: Value, axis: number): number =>
  x.channelsFirst ? toChannelsFirst(x.shape.length).indexOf(axis) : axis;

/** One entry per stated axis, in the order in which `x` is stored. */
export const storedOrder = <T>(x: Value, entries: readonly T[]): readonly T[] =>
  x.channelsFirst ? toChannelsFirst(entries.length).map((axis) => entries[axis] as T) : entries;

/** `tensor` with its axes in the order `perm`. */
export function permuted(tensor: Float32Tensor, perm: readonly number[]): Float32Tensor {
  const shape = perm.map((axis) => tensor.shape[axis] ?? 1);
  const steps = tensor.shape.map((_, axis) => sizeOf(tensor.shape.slice(axis + 1)));
  const data = new Float32Array(tensor.data.length);
  const position = new Array<number>(shape.length).fill(0);
  const stride = perm.map((axis) => steps[axis] ?? 1);
  let from = 0;
  for (let to = 0; to < data.length; to += 1) {
    data[to] = tensor.data[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const next = (position[axis] as number) + 1;
      from += stride[axis] as number;
      if (next < (shape[axis] as number)) {
        position[axis] = next;
        break;
      }
      from -= next * (stride[axis] as number);
      position[axis] = 0;
    }
  }
  return float32Tensor(shape, data);
}

/** A constant that broadcasts against `x` by the file's axes, as it broadcasts against the stored ones. */
export function broadcastConstant(
  graph: LayerGraph,
  hint: string,
  tensor: Float32Tensor,
  x: Value,
): string {
  const missing = x.shape.length - tensor.shape.length;
  if (!x.channelsFirst || missing < 0 || tensor.data.length === 1)
    return graph.constant(hint, tensor);
  const shape = [...new Array<number>(missing).fill(1), ...tensor.shape];
  return graph.constant(
    hint,
    permuted(float32Tensor(shape, tensor.data), toChannelsFirst(shape.length)),
  );
}
