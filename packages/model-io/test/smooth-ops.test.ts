import { describe, expect, test } from 'vitest';
import { readOnnx } from '../src/index.js';
import { canonicalLaw, type OpFile } from './support/canonical-law.js';
import { onnxFile, weight, whole, type FileSpec } from './support/onnx-file.js';

const one = (op: string, opset: number, attributes = {}, input: FileSpec['input'] = [1, 4]) =>
  ({
    opset,
    input,
    nodes: [[op, 'x', 'y', attributes]],
  }) satisfies FileSpec;
const read = (spec: FileSpec) => readOnnx(onnxFile(spec));
const opsOf = (spec: FileSpec): string[] => read(spec).nodes.map(({ op }) => op);

describe('kept as they are', () => {
  canonicalLaw([
    ...['Sigmoid', 'Tanh', 'Exp', 'Softplus', 'Softsign', 'Elu', 'Selu'].map((op): OpFile => [
      op,
      one(op, 7),
      ['batch', 4],
    ]),
    ['Erf', one('Erf', 9), ['batch', 4]],
    ['HardSwish', one('HardSwish', 14), ['batch', 4]],
    ['Elu with alpha', one('Elu', 7, { alpha: { float: 0.5 } }), ['batch', 4]],
    [
      'Log and Sqrt of something positive',
      {
        opset: 9,
        input: [1, 4],
        nodes: [
          ['Exp', 'x', 'e'],
          ['Sqrt', 'e', 's'],
          ['Log', 's', 'y'],
        ],
      },
      ['batch', 4],
    ],
    [
      'Pow by an integer',
      { opset: 13, input: [1, 4], nodes: [['Pow', 'x p', 'y']], weights: { p: whole([], [3]) } },
      ['batch', 4],
    ],
    [
      'LayerNormalization',
      {
        opset: 17,
        input: [1, 2, 3],
        nodes: [['LayerNormalization', 'x s b', 'y', { axis: -2, epsilon: { float: 0.5 } }]],
        weights: { s: weight([2, 3], [1, 2, 3, -1, 0, 1]), b: weight([2, 3], [0, 1, 0, 0, 0, 2]) },
      },
      ['batch', 2, 3],
    ],
  ]);
});

describe('Softmax', () => {
  canonicalLaw(
    [
      ['of opset 13, last axis', one('Softmax', 13, {}, [1, 2, 3]), ['batch', 2, 3]],
      ['of opset 13, axis 1', one('LogSoftmax', 13, { axis: 1 }, [1, 2, 3]), ['batch', 2, 3]],
      ['of opset 11 on a matrix', one('Softmax', 11), ['batch', 4]],
      ['of opset 11 over one long axis', one('Softmax', 11, {}, [1, 4, 1, 1]), ['batch', 4, 1, 1]],
      ['of opset 11 over two axes', one('Softmax', 11, {}, [1, 2, 3]), ['batch', 2, 3]],
      [
        'of opset 11 from axis 2 on',
        one('Softmax', 11, { axis: 2 }, [1, 2, 3, 2]),
        ['batch', 2, 3, 2],
      ],
      ['of opset 7 at axis 0 of one row', one('LogSoftmax', 7, { axis: 0 }), ['batch', 4]],
    ],
    // Another order of additions over at most six terms.
    1e-6,
  );

  test('of a matrix stays one node, of several axes is flattened and restored', () => {
    expect(opsOf(one('Softmax', 11))).toEqual(['Softmax']);
    expect(opsOf(one('Softmax', 11, {}, [1, 2, 3]))).toEqual(['Reshape', 'Softmax', 'Reshape']);
    expect(opsOf(one('Softmax', 13, {}, [1, 2, 3]))).toEqual(['Softmax']);
  });

  test("across rows keeps the file's number of rows", () => {
    expect(read(one('Softmax', 13, { axis: 0 }, [2, 3])).outputs[0]?.shape).toEqual([2, 3]);
    expect(read(one('Softmax', 11, { axis: 0 }, [2, 3])).outputs[0]?.shape).toEqual([2, 3]);
  });
});

describe('written with ops of opset 18', () => {
  canonicalLaw(
    [
      ['Gelu', one('Gelu', 20), ['batch', 4]],
      ['Gelu with tanh', one('Gelu', 20, { approximate: 'tanh' }), ['batch', 4]],
      ['Mish', one('Mish', 18), ['batch', 4]],
      [
        'Mean of three',
        {
          opset: 13,
          input: [1, 4],
          nodes: [['Mean', 'x a x', 'y']],
          weights: { a: weight([4], [1, 2, 3, 4]) },
        },
        ['batch', 4],
      ],
      [
        'Tile of columns',
        {
          opset: 13,
          input: [1, 2, 2],
          nodes: [['Tile', 'x r', 'y']],
          weights: { r: whole([3], [1, 3, 2]) },
        },
        ['batch', 6, 4],
      ],
      [
        'Expand of data',
        {
          opset: 13,
          input: [1, 1, 3],
          nodes: [['Expand', 'x s', 'y']],
          weights: { s: whole([3], [1, 2, 1]) },
        },
        ['batch', 2, 3],
      ],
    ],
    // Values up to 10 through at most eight rounded operations instead of one.
    1e-5,
  );

  test('Expand of a constant is a constant', () => {
    const network = read({
      opset: 13,
      input: [1, 2],
      nodes: [
        ['Expand', 'c s', 'e'],
        ['Add', 'x e', 'y'],
      ],
      weights: { c: weight([1, 2], [1, 2]), s: whole([3], [3, 1, 1]) },
    });
    expect(network.constants.get('e')).toEqual({
      dtype: 'float32',
      shape: [3, 1, 2],
      data: Float32Array.of(1, 2, 1, 2, 1, 2),
    });
  });
});

describe('Cast', () => {
  test('of a constant is a constant, of data to another float type is nothing', () => {
    const network = read({
      opset: 13,
      input: [1, 2],
      nodes: [
        ['Cast', 'c', 'f', { to: 1 }],
        ['Cast', 'x', 'd', { to: 11 }],
        ['Cast', 'd', 'x2', { to: 1 }],
        ['Add', 'x2 f', 'y'],
      ],
      weights: { c: whole([2], [3, -4]) },
    });
    expect(network.nodes).toMatchObject([{ op: 'Add', inputs: ['x', 'f'] }]);
    expect(network.constants.get('f')?.data).toEqual(Float32Array.of(3, -4));
  });

  test.each([
    ['float16', 10],
    ['int32', 6],
    ['bool', 9],
  ])('of data to %s is refused', (type, to) => {
    expect(() => read(one('Cast', 13, { to }))).toThrow(
      new RegExp(`unsupported op "Cast" from float32 to ${type} at node "y"`),
    );
  });
});
