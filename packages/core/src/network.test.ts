import { expect, test } from 'vitest';
import { checkNetwork, shapeWithRows, type Network, type NetworkNode } from './network.js';
import { float32Tensor } from './tensor.js';

const node = (name: string, inputs: string[], outputs: string[]): NetworkNode => ({
  name,
  op: 'Add',
  inputs,
  outputs,
  attributes: {},
});

const sound: Network = {
  name: 'sound',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
  nodes: [node('first', ['x', 'c'], ['h']), node('second', ['h', '', 'x'], ['y'])],
  constants: new Map([['c', float32Tensor([2])]]),
};

test('a sound network passes', () => {
  expect(() => {
    checkNetwork(sound);
  }).not.toThrow();
});

const faults: readonly (readonly [string, Partial<Network>])[] = [
  ['input "z" of node "first"', { nodes: [node('first', ['z'], ['y'])] }],
  [
    'input "h" of node "second" to be made by an earlier node',
    { nodes: [...sound.nodes].reverse() },
  ],
  [
    'unique node names, got "a" twice',
    { nodes: [node('a', ['x'], ['h']), node('a', ['h'], ['y'])] },
  ],
  ['one maker of value "y"', { nodes: [node('a', ['x'], ['y']), node('b', ['x'], ['y'])] }],
  ['one maker of value "x"', { nodes: [node('a', ['c'], ['x'])] }],
  ['one maker of value "c"', { inputs: [{ name: 'c', dtype: 'float32', shape: [2] }] }],
  ['output "q"', { outputs: [{ name: 'q', dtype: 'float32', shape: [2] }] }],
  ["'batch' as the first axis", { inputs: [{ name: 'x', dtype: 'float32', shape: [2, 'batch'] }] }],
];

test.each(faults)('a network without %s is refused', (message, change) => {
  expect(() => {
    checkNetwork({ ...sound, ...change });
  }).toThrow(message);
});

test('the free axis takes any number of rows', () => {
  expect(shapeWithRows({ name: 'x', dtype: 'float32', shape: ['batch', 3] }, 5)).toEqual([5, 3]);
  expect(shapeWithRows({ name: 'x', dtype: 'float32', shape: [1, 3] }, 5)).toEqual([1, 3]);
});
