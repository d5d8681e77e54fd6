// What the outputs of a graph's nodes are while it is read.
import { float32Tensor, type Dimension, type Float32Tensor } from '@floatpath/core';
import type { LayerGraph, Value } from '../channels-last/graph.js';
import { invalidTfNode, unsupportedTfNode, type GraphNode } from './node-attributes.js';

/** Data that depend on the input; numbers that are weights; or a small tensor of integers such as a shape. */
export type Term =
  | { readonly kind: 'data'; readonly value: Value }
  | { readonly kind: 'weight'; readonly tensor: Float32Tensor }
  | {
      readonly kind: 'integers';
      readonly shape: readonly number[];
      /** An entry can be the free number of rows. */
      readonly data: readonly Dimension[];
    };

/** One node that is being read. */
export interface Reading {
  readonly graph: LayerGraph;
  readonly node: GraphNode;
  readonly terms: readonly Term[];
  /** Rows that the file fixed, 1 where they are free. */
  readonly fileRows: number;
}

export type NodeRule = (reading: Reading) => Term;

export const data = (value: Value): Term => ({ kind: 'data', value });
export const integers = (entries: readonly Dimension[]): Term => ({
  kind: 'integers',
  shape: [entries.length],
  data: entries,
});

/** Input `at` as data. */
export function dataAt({ node, terms }: Reading, at: number): Value {
  const term = terms[at];
  if (term?.kind === 'data') return term.value;
  throw unsupportedTfNode(node, `whose input ${at} is a constant`);
}

/** Input `at` as weights. */
export function weightAt({ node, terms }: Reading, at: number): Float32Tensor {
  const term = terms[at];
  if (term?.kind === 'weight') return term.tensor;
  if (term?.kind === 'integers' && !term.data.includes('batch'))
    return float32Tensor(term.shape, term.data as readonly number[]);
  throw unsupportedTfNode(node, `whose input ${at} depends on data`);
}

/** Input `at` as integers that are known while reading. */
export function knownAt({ node, terms }: Reading, at: number): readonly Dimension[] {
  const term = terms[at];
  if (term?.kind === 'integers') return term.data;
  throw unsupportedTfNode(node, `whose input ${at} is not known while reading`);
}

export function numbersAt(reading: Reading, at: number): readonly number[] {
  const known = knownAt(reading, at);
  if (!known.includes('batch')) return known as readonly number[];
  throw unsupportedTfNode(reading.node, `whose input ${at} depends on the number of rows`);
}

/** An axis behind the rows, counted from the front. */
export function rowAxis(node: GraphNode, axis: number | undefined, rank: number): number {
  const front = axis === undefined ? NaN : axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(front) || front < 0 || front >= rank)
    throw invalidTfNode(node, `an axis within rank ${rank}, got ${axis},`);
  if (front === 0) throw unsupportedTfNode(node, 'along the rows');
  return front;
}
