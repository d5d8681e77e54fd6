import { checkNetwork, float32Tensor, type Network } from '@floatpath/core';
import { describe, expect, it } from 'vitest';
import { joinNetworks } from './join.js';

const x = { name: 'x', dtype: 'float32', shape: ['batch', 2] } as const;

/** relu(x + bias) times scale, with an input of its own. */
function network(bias: number, scale: number): Network {
  return {
    name: 'part',
    inputs: [x, { name: 'mask', dtype: 'float32', shape: [1, 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    nodes: [
      { name: 'add', op: 'Add', inputs: ['x', 'b'], outputs: ['s'], attributes: {} },
      { name: 'relu', op: 'Relu', inputs: ['s'], outputs: ['h'], attributes: {} },
      { name: 'masked', op: 'Mul', inputs: ['h', 'mask'], outputs: ['m'], attributes: {} },
      { name: 'scaled', op: 'Mul', inputs: ['m', 'c'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map([
      ['b', float32Tensor([2], [bias, bias])],
      ['c', float32Tensor([], [scale])],
    ]),
  };
}

describe('joinNetworks', () => {
  const joined = joinNetworks(
    'joined',
    [x],
    [
      { prefix: 'p/', network: network(1, 2), output: 'first' },
      { prefix: 'p/', network: network(1, 3), output: 'second' },
      { prefix: 'q/', network: network(1, 2), output: 'other mask' },
      { prefix: 'p/', network: network(5, 2), output: 'other bias' },
    ],
  );
  const count = (op: string): number => joined.nodes.filter((node) => node.op === op).length;

  it('is a network with one output per part', () => {
    expect(() => checkNetwork(joined)).not.toThrow();
    expect(joined.outputs.map((output) => output.name)).toEqual([
      'first',
      'second',
      'other mask',
      'other bias',
    ]);
  });

  it('computes what parts share once, and nothing else', () => {
    // x + 1 and x + 5; relu of both; masks p and q of relu(x + 1), p of relu(x + 5); 2 and 3 times the first, 2 times the rest.
    expect([count('Add'), count('Relu'), count('Mul')]).toEqual([2, 2, 3 + 4]);
  });

  it('shares inputs between parts of one prefix and keeps those of others apart', () => {
    expect(joined.inputs.map((input) => input.name)).toEqual(['x', 'p/mask', 'q/mask']);
  });

  it('keeps equal constants once and tells 0 from -0', () => {
    const zeros = joinNetworks(
      'zeros',
      [x],
      [
        { prefix: '', network: network(0, 0), output: 'a' },
        { prefix: '', network: network(-0, 0), output: 'b' },
      ],
    );
    expect(zeros.constants.size).toBe(3);
  });
});
