import {
  float32Tensor,
  numbersOf,
  type Float32Tensor,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { expect, test } from 'vitest';
import { createGraphBuilder } from '../graph-builder.js';
import { referenceEngine } from '../reference.js';
import { conv } from './conv.js';

/** Multiples of 1/8, so that sums of products are exact. */
const numbers = (shape: readonly number[], seed: number): Float32Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return float32Tensor(
    shape,
    Float32Array.from({ length: size }, (_, i) => (((i + seed) * (i + 3) * 7) % 23) / 8 - 1),
  );
};
const product = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, v, i) => sum + v * (b[i] as number), 0);

const nodeOf = (attributes: NetworkNode['attributes']): NetworkNode => ({
  ...{ name: 'conv', op: 'Conv', inputs: ['x', 'W', 'b'], outputs: ['y'], attributes },
});

function backwardOf(attributes: NetworkNode['attributes'], filters: readonly number[]) {
  const node = nodeOf(attributes);
  const types = [[2, 2, 7, 6], filters, [filters[0] as number]].map((shape) => ({
    dtype: 'float32' as const,
    shape,
  }));
  const outputTypes = conv.infer(node, types);
  const graph = createGraphBuilder();
  const names = ['x', 'W', 'b'] as const;
  types.forEach((type, slot) => graph.input({ ...type, name: names[slot] as string }));
  graph.input({ ...(outputTypes[0] as (typeof types)[number]), name: 'c' });
  const context = {
    graph,
    node,
    cotangents: ['c'],
    inputTypes: types,
    outputTypes,
    batched: false,
  };
  const made = conv.backward?.({ ...context, needed: () => true }) ?? [];
  const outputs = types.map((type, slot) => ({ ...type, name: made[slot] as string }));
  return { node, network: graph.build('derivatives', outputs), shape: outputTypes[0]?.shape ?? [] };
}

test.each([
  ['plain', {}],
  ['a stride that leaves pixels over', { strides: [2, 2], pads: [1, 0, 0, 1] }],
  ['dilated and padded', { dilations: [2, 1], pads: [1, 1, 2, 0], strides: [1, 2] }],
] as const)(
  '%s: every derivative of a convolution is the adjoint of its operand',
  async (_, given) => {
    const attributes = Object.fromEntries(Object.entries(given).map(([k, v]) => [k, [...v]]));
    const filters = [3, 2, 3, 2];
    const { node, network, shape } = backwardOf(attributes, filters);
    const at = [numbers([2, 2, 7, 6], 1), numbers(filters, 2), numbers([3], 3)];
    const c = numbers(shape, 4);
    await using kernel = await referenceEngine().load(network);
    const [x, W, b] = at as [Float32Tensor, Float32Tensor, Float32Tensor];
    const fetches = await kernel.run({ x, W, b, c });
    for (const slot of [0, 1, 2]) {
      // The change of the output along a direction is linear in one operand alone.
      const direction = numbers(at[slot]?.shape ?? [], 5 + slot);
      const zero = float32Tensor([3]);
      const operands = [x, W, zero].map((tensor, k) => (k === slot ? direction : tensor));
      if (slot === 2) operands[0] = float32Tensor(x.shape);
      const [moved] = conv.evaluate(node, operands.map(widened));
      const derivative = fetches[network.outputs[slot]?.name ?? ''] as Tensor;
      const along = product(numbersOf(derivative), direction.data);
      // Multiples of 1/512 of sizes below 2^11: exact in float64 and, summed in it, in the reference.
      expect(along).toBeCloseTo(product(numbersOf(moved as Tensor), c.data), 3);
      expect(Math.abs(along)).toBeGreaterThan(0.1);
    }
  },
);

const widened = (tensor: Float32Tensor) => ({
  dtype: 'float64' as const,
  shape: tensor.shape,
  data: Float64Array.from(tensor.data),
});

test('filters in groups are refused', () => {
  expect(() => backwardOf({ group: 2 }, [4, 1, 3, 2])).toThrow(/expected one group/);
});
