import { checkNetwork, type Network } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { onnxFile, weight, type FileSpec } from '../test/support/onnx-file.js';
import { finalSoftmax } from './final-softmax.js';
import { readOnnx } from './onnx/read.js';

const read = (nodes: FileSpec['nodes'], input: FileSpec['input'] = [1, 3], opset = 13): Network =>
  readOnnx(
    onnxFile({
      opset,
      input,
      nodes,
      weights: {
        w: weight([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        k: weight([3, 1, 1, 1], [1, 2, 3]),
      },
    }),
  );

describe('finalSoftmax', () => {
  test.each(['Softmax', 'LogSoftmax'])(
    '%s at the end is taken away, its input is the output',
    (op) => {
      const network = read([
        ['MatMul', 'x w', 'logits'],
        [op, 'logits', 'y'],
      ]);
      const found = finalSoftmax(network);
      expect(found?.op).toBe(op);
      expect(found?.network).toMatchObject({
        outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 3] }],
        nodes: [{ op: 'MatMul' }],
      });
      checkNetwork(found?.network as Network);
    },
  );

  test('over channels of one pixel, as networks without a dense layer end', () => {
    const found = finalSoftmax(
      read(
        [
          ['Conv', 'x k', 'h'],
          ['Softmax', 'h', 'y', { axis: 1 }],
        ],
        [1, 1, 1, 1],
        11,
      ),
    );
    expect(found?.network.outputs[0]?.shape).toEqual(['batch', 3, 1, 1]);
  });

  test.each<[string, Network]>([
    ['another last op', read([['MatMul', 'x w', 'y']])],
    [
      'a Softmax inside',
      read([
        ['Softmax', 'x', 'h'],
        ['MatMul', 'h w', 'y'],
      ]),
    ],
    [
      'a Softmax per pixel',
      read(
        [
          ['Conv', 'x k', 'h'],
          ['Softmax', 'h', 'y', { axis: 1 }],
        ],
        [1, 1, 2, 2],
      ),
    ],
    ['a Softmax over part of a row', read([['Softmax', 'x', 'y']], [1, 2, 3])],
  ])('%s is left', (_, network) => {
    expect(finalSoftmax(network)).toBeUndefined();
  });

  test('an output that the network reads again is left', () => {
    const network = read([['Softmax', 'x', 'y']]);
    const extra = { name: 'relu_1', op: 'Relu', inputs: ['y'], outputs: ['z'], attributes: {} };
    expect(finalSoftmax({ ...network, nodes: [...network.nodes, extra] })).toBeUndefined();
  });
});
