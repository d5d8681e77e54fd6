import { float32Tensor, type Network } from '@floatpath/core';
import { expect, test } from 'vitest';
import { smallMlp } from '../test/support/mlp.js';
import { foldConstants } from './fold.js';
import { createGraphBuilder } from './graph-builder.js';
import { gatesOf, requirePiecewiseLinear } from './roles.js';

test('gates come in topological order with one unit per element of a row', () => {
  const [gate, ...others] = gatesOf(smallMlp());
  expect(others).toEqual([]);
  expect(gate).toMatchObject({ inputs: ['z'], output: 'h', rowShape: [4], units: 4, pieces: 2 });
  expect(gate?.node.name).toBe('relu1');
});

const ending = (op: string, other: 'data' | 'constant' | 'none'): Network => {
  const base = smallMlp();
  const graph = createGraphBuilder(base);
  const operands = { data: ['logits'], constant: [graph.scalar(2)], none: [] }[other];
  const output = graph.add(op, ['logits', ...operands]);
  return graph.build(op, [{ name: output, dtype: 'float32', shape: ['batch', 3] }]);
};

test.each([
  ['Mul', 'constant'],
  ['Div', 'constant'],
  ['Add', 'data'],
  ['Neg', 'none'],
  ['Max', 'data'],
  ['Min', 'constant'],
  ['Clip', 'constant'],
  ['Clip', 'none'],
  ['PRelu', 'constant'],
  ['HardSigmoid', 'none'],
] as const)('a network ending in %s (%s) is piecewise linear', (op, other) => {
  expect(() => {
    requirePiecewiseLinear(ending(op, other));
  }).not.toThrow();
});

test.each([
  ['Mul', 'data', 'a product of two values'],
  ['Div', 'data', 'a division by a value'],
  ['MatMul', 'data', 'a matrix product of two values'],
  ['Softmax', 'none', 'op "Softmax" is neither affine nor a gate'],
  ['Sigmoid', 'none', 'op "Sigmoid" is neither affine nor a gate'],
  ['PRelu', 'data', 'slopes or bounds of "PRelu" that depend on the input'],
  ['Clip', 'data', 'slopes or bounds of "Clip" that depend on the input'],
  ['Gather', 'data', 'indices that depend on the input'],
] as const)('a network ending in %s (%s) is refused by name', (op, other, reason) => {
  expect(() => {
    requirePiecewiseLinear(ending(op, other));
  }).toThrow(new RegExp(`got ${reason}.* at node "x_${op.toLowerCase()}_1"`));
});

test('nodes that do not depend on the input are no gates, and folding removes them', () => {
  const graph = createGraphBuilder(smallMlp());
  const branch = graph.add('Relu', [graph.constant(float32Tensor([3], [-1, 0.5, 2]))]);
  const output = graph.add('Add', ['logits', branch]);
  const network = graph.build('branch', [{ name: output, dtype: 'float32', shape: ['batch', 3] }]);
  expect(gatesOf(network).length).toBe(1);
  const folded = foldConstants(network);
  expect(folded.nodes.length).toBe(4);
  expect(folded.constants.get(branch)).toEqual(float32Tensor([3], [0, 0.5, 2]));
});

test('folding drops what no output needs', () => {
  const graph = createGraphBuilder(smallMlp());
  graph.add('Relu', ['logits']);
  const folded = foldConstants(graph.build('dead end', smallMlp().outputs));
  expect(folded.nodes.map((node) => node.name)).toEqual(['fc1', 'relu1', 'fc2']);
});
