import { float32Tensor } from '@floatpath/core';
import { expect, test } from 'vitest';
import { smallMlp } from '../test/support/mlp.js';
import { createGraphBuilder } from './graph-builder.js';
import { valueInfo, withOutputs } from './with-outputs.js';

const graph = createGraphBuilder(smallMlp());
graph.input({ name: 'mask', dtype: 'bool', shape: [1, 4] });
const opposite = graph.add('Not', ['mask']);
const square = graph.add('MatMul', [
  graph.constant(float32Tensor([1, 2], [1, 1])),
  graph.constant(float32Tensor([2], [1, 1])),
]);
const turned = graph.add('Transpose', ['h'], { perm: [1, 0] });
const network = graph.build('values', smallMlp().outputs);

test('a value that grows with the rows has the batch axis', () => {
  expect(valueInfo(network, 'h')).toEqual({ name: 'h', dtype: 'float32', shape: ['batch', 4] });
});

test('a mask given once and a constant keep their extents', () => {
  expect(valueInfo(network, opposite).shape).toEqual([1, 4]);
  expect(valueInfo(network, 'w1').shape).toEqual([4, 3]);
  expect(valueInfo(network, square).shape).toEqual([1]);
});

test('a value whose rows are not on the first axis is refused', () => {
  expect(() => valueInfo(network, turned)).toThrow('withOutputs: expected rows on the first axis');
});

test('only values of the network can be outputs', () => {
  expect(() => withOutputs(network, ['h', 'nothing'])).toThrow(
    'withOutputs: expected a value of the network, got "nothing"',
  );
});
