import {
  boolTensor,
  float32Tensor,
  int64Tensor,
  sizeOf,
  type Attributes,
  type DType,
  type Feeds,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { withOutputs } from '../with-outputs.js';

/** A network with inputs to run it on. */
export interface ConformanceCase {
  /** The op that the case is about, or `network` for several together. */
  readonly op: string;
  readonly name: string;
  readonly network: Network;
  readonly feeds: Feeds;
}

/** An operand of a one-node network: an input with its value, a constant, or an omitted optional input. */
export type Operand =
  | { readonly kind: 'input'; readonly free: boolean; readonly value: Tensor }
  | { readonly kind: 'constant'; readonly value: Tensor }
  | { readonly kind: 'omitted' };

/** Multiples of 1/8 in [-3/2, 3/2], repeating after 25 values: exact in float32, with zeros and ties. */
export function sampleValues(size: number, salt: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (((i * 7 + salt * 11) % 25) - 12) / 8);
}

const samples = (shape: readonly number[], salt: number): Tensor =>
  float32Tensor(shape, sampleValues(sizeOf(shape), salt));

/** Two rows of `rowShape` on a free batch axis. */
export const rows = (rowShape: readonly number[], salt = 1): Operand =>
  given(samples([2, ...rowShape], salt));

/** Two given rows or more on a free batch axis. */
export const given = (value: Tensor): Operand => ({ kind: 'input', free: true, value });

/** An input whose whole shape is fixed. */
export const fixed = (shape: readonly number[], salt = 1): Operand => ({
  kind: 'input',
  free: false,
  value: samples(shape, salt),
});

export const constant = (shape: readonly number[], salt = 2): Operand => ({
  kind: 'constant',
  value: samples(shape, salt),
});

/** A constant in [1/2, 7/2]: variances and divisors. */
export const positive = (shape: readonly number[], salt = 3): Operand => ({
  kind: 'constant',
  value: float32Tensor(
    shape,
    sampleValues(sizeOf(shape), salt).map((v) => v + 2),
  ),
});

export const integers = (...values: number[]): Operand => ({
  kind: 'constant',
  value: int64Tensor([values.length], values),
});

/** Given numbers in a row. */
export const numbers = (...values: number[]): Operand => ({
  kind: 'constant',
  value: float32Tensor([values.length], values),
});

export const scalar = (value: number): Operand => ({
  kind: 'constant',
  value: float32Tensor([], [value]),
});

export const omitted: Operand = { kind: 'omitted' };

/** Two rows of bools. */
export const coins = (rowShape: readonly number[], salt = 1): Operand => {
  const shape = [2, ...rowShape];
  return given(
    boolTensor(
      shape,
      Array.from(sampleValues(sizeOf(shape), salt), (v) => (v > 0 ? 1 : 0)),
    ),
  );
};

/** A network of one node. */
export function oneNode(
  op: string,
  name: string,
  operands: readonly Operand[],
  attributes: Attributes = {},
  outputs: readonly string[] = ['out'],
): ConformanceCase {
  const names = operands.map((operand, slot) => (operand.kind === 'omitted' ? '' : `in${slot}`));
  const inputs = operands.flatMap((operand, slot) => {
    if (operand.kind !== 'input') return [];
    const { dtype, shape } = operand.value as { dtype: DType; shape: readonly number[] };
    const axes = operand.free ? (['batch', ...shape.slice(1)] as const) : shape;
    return [{ name: names[slot] as string, dtype, shape: axes }];
  });
  const tensors = (kind: 'input' | 'constant'): [string, Tensor][] =>
    operands.flatMap((operand, slot) =>
      operand.kind === kind ? [[names[slot] as string, operand.value] as [string, Tensor]] : [],
    );
  const network = withOutputs(
    {
      name: `${op}: ${name}`,
      inputs,
      outputs: [],
      nodes: [{ name: 'node', op, inputs: names, outputs, attributes }],
      constants: new Map(tensors('constant')),
    },
    outputs,
  );
  return { op, name, network, feeds: Object.fromEntries(tensors('input')) };
}
