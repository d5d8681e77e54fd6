import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Network } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { onnxFile, weight, whole, type FileSpec } from '../../test/support/onnx-file.js';
import { ModelProtoSchema, SparseTensorProtoSchema } from './onnx_pb.js';
import { readOnnx } from './read.js';

const read = (spec: FileSpec): Network => readOnnx(onnxFile(spec));
const identity = weight([2, 2], [1, 0, 0, 1]);

describe('refusals', () => {
  const relu = [['Relu', 'x', 'y']] as const;

  test.each<[string, FileSpec, string, RegExp]>([
    [
      'an op outside the table',
      { opset: 13, input: [1, 2], nodes: [['Floor', 'x', 'y']] },
      'unsupported-op',
      /unsupported op "Floor" at node "y"/,
    ],
    [
      'a name that every object has',
      { opset: 13, input: [1, 2], nodes: [['constructor', 'x', 'y']] },
      'unsupported-op',
      /"constructor"/,
    ],
    [
      'double inputs',
      { opset: 13, input: [1, 2], inputType: 11, nodes: relu },
      'unsupported-op',
      /input "x" to be a float32 tensor, got double/,
    ],
    [
      'symbolic image sizes',
      { opset: 13, input: ['N', 1, 'H', 'W'], nodes: relu },
      'unsupported-format',
      /got \[\?, 1, \?, \?\]/,
    ],
    [
      'NaN weights',
      {
        opset: 13,
        input: [1, 2],
        nodes: [['Add', 'x b', 'y']],
        weights: { b: weight([2], [0, NaN]) },
      },
      'invalid-data',
      /NaN at index 1 of tensor "b"/,
    ],
    [
      'too few values',
      {
        opset: 13,
        input: [1, 2],
        nodes: [['Add', 'x b', 'y']],
        weights: { b: weight([3], [0, 1]) },
      },
      'malformed-file',
      /expected 3 values in tensor "b"/,
    ],
    [
      'a claim of 2^60 values',
      {
        opset: 13,
        input: [1, 2],
        nodes: [['Add', 'x b', 'y']],
        weights: { b: weight([2 ** 30, 2 ** 30], [0]) },
      },
      'malformed-file',
      /tensor "b" of shape/,
    ],
    [
      'a cycle',
      {
        opset: 13,
        input: [1, 2],
        nodes: [
          ['Add', 'x z', 'y'],
          ['Relu', 'y', 'z'],
        ],
      },
      'malformed-file',
      /without cycles/,
    ],
    [
      'a missing value',
      { opset: 13, input: [1, 2], nodes: [['Add', 'x z', 'y']] },
      'malformed-file',
      /input "z" of node "y"/,
    ],
    [
      'a value made twice',
      { opset: 13, input: [1, 2], nodes: [...relu, ...relu] },
      'malformed-file',
      /one maker of value "y"/,
    ],
    [
      'shapes that do not fit',
      { opset: 13, input: [1, 3], nodes: [['MatMul', 'x w', 'y']], weights: { w: identity } },
      'invalid-network',
      /got \[1, 3\] and \[2, 2\], at node "y"/,
    ],
    [
      'a stride of 0',
      {
        opset: 13,
        input: [1, 1, 2, 2],
        nodes: [['Conv', 'x w', 'y', { strides: [0, 1] }]],
        weights: { w: weight([1, 1, 1, 1], [1]) },
      },
      'invalid-network',
      /strides to hold 2 integers >= 1/,
    ],
    [
      'a huge ConstantOfShape',
      {
        opset: 13,
        input: [1, 2],
        nodes: [
          ['ConstantOfShape', 's', 'c'],
          ['Add', 'x c', 'y'],
        ],
        weights: { s: whole([2], [1e9, 1e9]) },
      },
      'unsupported-op',
      /"ConstantOfShape" of shape \[1000000000, 1000000000\], more than/,
    ],
    [
      'a target made from data',
      { opset: 13, input: [1, 2], nodes: [['Reshape', 'x x', 'y']] },
      'unsupported-op',
      /"Reshape" with a target shape that depends on data at node "y"/,
    ],
    [
      'axes made from data',
      { opset: 13, input: [1, 2], nodes: [['ReduceSum', 'x x', 'y']] },
      'unsupported-op',
      /"ReduceSum" with axes that depend on data at node "y"/,
    ],
    [
      'an exponent made from data',
      { opset: 13, input: [1, 2], nodes: [['Pow', 'x x', 'y']] },
      'unsupported-op',
      /"Pow" with an exponent that depends on data at node "y"/,
    ],
    [
      'an operator set of later years',
      { opset: 27, input: [1, 2], nodes: [['Relu', 'x', 'y']] },
      'unsupported-op',
      /operator sets 1 to 26, got 27 from node ".*" on/,
    ],
    [
      'padding of an unknown mode',
      {
        opset: 19,
        input: [1, 2],
        nodes: [['Pad', 'x p', 'y', { mode: 'mirror' }]],
        weights: { p: whole([4], [0, 1, 0, 1]) },
      },
      'unsupported-op',
      /"Pad" with mode mirror at node "y"/,
    ],
    [
      'a shape as output',
      { opset: 13, input: [1, 2], nodes: [['Shape', 'x', 'y']] },
      'unsupported-op',
      /"Shape" at node "y": output "y" is a shape, not data/,
    ],
    [
      'a mask as output',
      { opset: 13, input: [1, 2], nodes: [['Dropout', 'x', 'z y']] },
      'unsupported-op',
      /unsupported output "y" of op "Dropout" at node "z"/,
    ],
    ...(['float16', 'int32'] as const).map((type): [string, FileSpec, string, RegExp] => [
      `${type} inputs`,
      { opset: 13, input: [1, 2], inputType: type === 'int32' ? 6 : 10, nodes: relu },
      'unsupported-op',
      new RegExp(`input "x" to be a float32 tensor, got ${type}`),
    ]),
  ])('%s', (_, spec, code, message) => {
    expect(() => read(spec)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });
});

test('a name that a damaged file makes long does not make the message long', () => {
  const file = onnxFile({ opset: 18, input: [1, 2], nodes: [['N'.repeat(100_000), 'x', 'y']] });
  expect(() => readOnnx(file)).toThrow(/^readOnnx: unsupported op "N+ \.\.\. N*" at node "y"; /);
  try {
    readOnnx(file);
  } catch (error) {
    expect((error as Error).message.length).toBeLessThan(1000);
  }
});

test('sparse weights are refused by the name of tensor and node', () => {
  const dense = onnxFile({
    opset: 13,
    input: [1, 2],
    nodes: [['MatMul', 'x w', 'y']],
    weights: { w: identity },
  });
  const model = fromBinary(ModelProtoSchema, dense);
  const [values] = model.graph?.initializer.splice(0) ?? [];
  if (values === undefined) throw new Error('no weights');
  model.graph?.sparseInitializer.push(create(SparseTensorProtoSchema, { values, dims: [2n, 2n] }));
  expect(() => readOnnx(toBinary(ModelProtoSchema, model))).toThrow(
    expect.objectContaining({
      code: 'unsupported-op',
      message: expect.stringMatching(/sparse initializer "w" at the input of node "y"/) as string,
    }),
  );
});
