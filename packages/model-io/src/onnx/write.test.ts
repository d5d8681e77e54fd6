import { float32Tensor, int64Tensor, type Network } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { attributeKind } from './attribute-types.js';
import { writeOnnx } from './write.js';

/** y = where(x > [0, 1], softmax-free affine map of x, x): ops and attribute types that no reader needs to know. */
const network: Network = {
  name: 'example',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [
    { name: 'y', dtype: 'float32', shape: ['batch', 2] },
    { name: 'label', dtype: 'int64', shape: ['batch'] },
  ],
  nodes: [
    { name: 'greater', op: 'Greater', inputs: ['x', 'low'], outputs: ['mask'], attributes: {} },
    {
      name: 'gemm',
      op: 'Gemm',
      inputs: ['x', 'w', ''],
      outputs: ['h'],
      attributes: { alpha: 2, beta: 1, transB: 1 },
    },
    { name: 'where', op: 'Where', inputs: ['mask', 'h', 'x'], outputs: ['y'], attributes: {} },
    {
      name: 'label',
      op: 'ArgMax',
      inputs: ['y'],
      outputs: ['label'],
      attributes: { axis: 1, keepdims: 0, select_last_index: 0 },
    },
  ],
  constants: new Map([
    ['low', float32Tensor([2], [0, 1])],
    ['w', float32Tensor([2, 2], [1, 2, 3, 4])],
  ]),
};

describe('writeOnnx', () => {
  test('the bytes depend on nothing but the network', () => {
    expect(writeOnnx(network)).toEqual(writeOnnx(structuredClone(network)));
  });

  test('a value without a maker is refused', () => {
    expect(() => writeOnnx({ ...network, constants: new Map() })).toThrow(
      /input "low" of node "greater"/,
    );
  });

  test.each([
    ['alpha', 1, 'float'],
    ['axis', 1, 'int'],
    ['anything', 0.5, 'float'],
    ['pads', [0, 0], 'ints'],
    ['axes', [], 'ints'],
    ['value_floats', [1, 2], 'floats'],
    ['mode', 'linear', 'string'],
    ['activations', [], 'strings'],
  ] as const)('attribute %s = %j is written as %s', (name, value, kind) => {
    expect(attributeKind(name, value)).toBe(kind);
  });

  test('a tensor is written as a tensor', () => {
    expect(attributeKind('value', int64Tensor([1], [3]))).toBe('tensor');
  });
});
