import { numbersOf, type Network } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { onnxFile, weight, whole, type FileSpec } from '../../test/support/onnx-file.js';
import { readOnnx } from './read.js';

const read = (spec: FileSpec): Network => readOnnx(onnxFile(spec));
const ops = (network: Network): string[] => network.nodes.map(({ op }) => op);
const values = (network: Network, name: string | undefined): number[] =>
  Array.from(numbersOf(network.constants.get(name ?? '') ?? expect.fail(`no constant ${name}`)));
const identity = weight([2, 2], [1, 0, 0, 1]);

describe('canonical form', () => {
  test('nodes are sorted, named by op and number, and Identity, Constant and Dropout are gone', () => {
    const network = read({
      opset: 13,
      input: ['N', 2],
      nodes: [
        ['Relu', 'h', 'r'],
        ['Identity', 'x', 'i'],
        ['MatMul', 'i w', 'h'],
        ['Dropout', 'r', 'd m'],
        ['Relu', 'd', 'e'],
        ['Identity', 'e', 'y'],
      ],
      weights: { w: identity },
    });
    expect(network.nodes.map(({ name }) => name)).toEqual(['matmul_1', 'relu_1', 'relu_2']);
    expect(network.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: ['batch', 2] }]);
    expect(network.nodes[2]?.outputs).toEqual(['y']);
  });

  test('initializers listed as inputs are constants', () => {
    const network = read({
      opset: 8,
      input: [1, 2],
      nodes: [['Gemm', 'x w', 'y']],
      weights: { w: identity },
      listedAsInputs: true,
    });
    expect(network.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(network.nodes[0]?.attributes).toEqual({ alpha: 1, beta: 1, transA: 0, transB: 0 });
  });

  test('nodes and weights that no output needs are dropped', () => {
    const network = read({
      opset: 13,
      input: [1, 2],
      nodes: [
        ['Floor', 'x', 'unused'],
        ['Relu', 'x', 'y'],
      ],
      weights: { w: identity },
    });
    expect(ops(network)).toEqual(['Relu']);
    expect(network.constants.size).toBe(0);
  });

  test('an output that is the input keeps its name through an Identity', () => {
    const network = read({ opset: 13, input: [1, 2], nodes: [['Identity', 'x', 'y']] });
    expect(network.nodes).toMatchObject([{ name: 'identity_1', inputs: ['x'], outputs: ['y'] }]);
  });

  test.each([
    ['SAME_UPPER', [0, 0, 1, 1], 2],
    ['SAME_LOWER', [1, 1, 0, 0], 2],
    ['VALID', [0, 0, 0, 0], 1],
  ] as const)('auto_pad %s becomes pads %j', (auto_pad, pads, extent) => {
    // Extent 4, kernel 3, stride 2: SAME gives ceil(4 / 2) = 2 windows that need (2 - 1) 2 + 3 - 4 = 1 zero.
    const network = read({
      opset: 11,
      input: [1, 1, 4, 4],
      nodes: [['Conv', 'x w', 'y', { auto_pad, strides: [2, 2] }]],
      weights: { w: weight([1, 1, 3, 3], new Array<number>(9).fill(1)) },
    });
    expect(network.nodes[0]?.attributes).toEqual({
      dilations: [1, 1],
      group: 1,
      kernel_shape: [3, 3],
      pads,
      strides: [2, 2],
    });
    expect(network.outputs[0]?.shape).toEqual(['batch', 1, extent, extent]);
  });

  test('Shape, Gather, Unsqueeze, Concat into Reshape fold to one constant target', () => {
    const network = read({
      opset: 13,
      input: ['N', 2, 3],
      nodes: [
        ['Shape', 'x', 's'],
        ['Gather', 's zero', 'n'],
        ['Unsqueeze', 'n axes', 'v'],
        ['Concat', 'v rest', 't', { axis: 0 }],
        ['Reshape', 'x t', 'y'],
      ],
      weights: { zero: whole([], [0]), axes: whole([1], [0]), rest: whole([1], [-1]) },
    });
    expect(ops(network)).toEqual(['Reshape']);
    expect(values(network, network.nodes[0]?.inputs[1])).toEqual([-1, 6]);
    expect(network.outputs[0]?.shape).toEqual(['batch', 6]);
  });
});

describe('older operator sets', () => {
  test('Add with axis lines its operand up with the channels', () => {
    const network = read({
      opset: 6,
      input: [1, 3, 2, 2],
      nodes: [['Add', 'x b', 'y', { axis: 1, broadcast: 1 }]],
      weights: { b: weight([3], [1, 2, 3]) },
    });
    const added = network.nodes[0]?.inputs[1] ?? '';
    expect(network.constants.get(added)?.shape).toEqual([3, 1, 1]);
    expect(network.nodes[0]?.attributes).toEqual({});
  });

  test('Reshape with its target as an attribute', () => {
    const network = read({
      opset: 1,
      input: [1, 2, 3],
      nodes: [['Reshape', 'x', 'y', { shape: [0, -1] }]],
    });
    expect(values(network, network.nodes[0]?.inputs[1])).toEqual([-1, 6]);
  });

  test('BatchNormalization for training or testing loses what has no meaning at inference', () => {
    const spec = (attributes: Record<string, number | { float: number }>): FileSpec => ({
      opset: 6,
      input: [1, 1, 2, 2],
      nodes: [['BatchNormalization', 'x s s s s', 'y m v', attributes]],
      weights: { s: weight([1], [1]) },
    });
    const network = read(spec({ is_test: 1, epsilon: { float: 0.5 }, momentum: { float: 0.9 } }));
    expect(network.nodes[0]).toMatchObject({ outputs: ['y'], attributes: { epsilon: 0.5 } });
    expect(() => read(spec({ spatial: 0 }))).toThrow(
      /unsupported op "BatchNormalization" with spatial = 0/,
    );
  });

  test('Dropout with is_test and ratio is removed, in training mode refused', () => {
    const old: FileSpec = {
      opset: 6,
      input: [1, 2],
      nodes: [
        ['Dropout', 'x', 'd', { is_test: 1, ratio: { float: 0.5 } }],
        ['Relu', 'd', 'y'],
      ],
    };
    expect(ops(read(old))).toEqual(['Relu']);
    const training = weight([], [1]);
    expect(() =>
      read({
        opset: 13,
        input: [1, 2],
        nodes: [['Dropout', 'x _ t', 'y']],
        weights: { t: training },
      }),
    ).toThrow(/in training mode/);
  });

  test('Clip bounds as attributes become constants, boundless ones go', () => {
    const network = read({
      opset: 6,
      input: [1, 2],
      nodes: [['Clip', 'x', 'y', { min: { float: 0 }, max: { float: 3.4028234663852886e38 } }]],
    });
    expect(network.nodes[0]?.inputs).toHaveLength(2);
    expect(values(network, network.nodes[0]?.inputs[1])).toEqual([0]);
  });
});

describe('batch axis', () => {
  test.each<[string, FileSpec, readonly (number | string)[], readonly (number | string)[]]>([
    [
      'fixed 1, Reshape to [1, -1]',
      {
        opset: 13,
        input: [1, 2, 3],
        nodes: [['Reshape', 'x t', 'y']],
        weights: { t: whole([2], [1, -1]) },
      },
      ['batch', 2, 3],
      ['batch', 6],
    ],
    [
      'fixed 4, Reshape to [4, 6]',
      {
        opset: 13,
        input: [4, 2, 3],
        nodes: [['Reshape', 'x t', 'y']],
        weights: { t: whole([2], [4, 6]) },
      },
      ['batch', 2, 3],
      ['batch', 6],
    ],
    [
      'one row flattened at axis 0',
      { opset: 13, input: [1, 2, 3], nodes: [['Flatten', 'x', 'y', { axis: 0 }]] },
      ['batch', 2, 3],
      ['batch', 6],
    ],
    [
      'rows that are mixed stay fixed',
      { opset: 13, input: [2, 3], nodes: [['Transpose', 'x', 'y']] },
      [2, 3],
      [3, 2],
    ],
    [
      'rows that are merged stay fixed',
      { opset: 13, input: [2, 3], nodes: [['Flatten', 'x', 'y', { axis: 0 }]] },
      [2, 3],
      [1, 6],
    ],
    [
      'a vector is one row',
      { opset: 13, input: [2], nodes: [['MatMul', 'w x', 'y']], weights: { w: identity } },
      [2],
      [2],
    ],
    [
      'a column is one row',
      { opset: 13, input: [2, 1], nodes: [['MatMul', 'w x', 'y']], weights: { w: identity } },
      [2, 1],
      [2, 1],
    ],
    [
      'a term per row keeps rows fixed',
      { opset: 13, input: [2, 2], nodes: [['Add', 'x w', 'y']], weights: { w: identity } },
      [2, 2],
      [2, 2],
    ],
  ])('%s', (_, spec, input, output) => {
    const network = read(spec);
    expect(network.inputs[0]?.shape).toEqual(input);
    expect(network.outputs[0]?.shape).toEqual(output);
  });
});
