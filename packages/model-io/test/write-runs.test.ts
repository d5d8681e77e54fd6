import { float32Tensor, type Network } from '@floatpath/core';
import { expect, test } from 'vitest';
import { writeOnnx } from '../src/index.js';
import { hasOnnxRuntime, runOnnx } from './support/onnx-runtime.js';

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

test.skipIf(!hasOnnxRuntime)(
  'any op of the IR runs in ONNX Runtime, with any number of rows',
  async () => {
    const x = float32Tensor([3, 2], [1, 2, -1, 0.5, 3, -4]);
    const [y, label] = await runOnnx(writeOnnx(network), { x });
    // Row 1: 2 (1 * 1 + 2 * 2) = 10 and 2 (1 * 3 + 2 * 4) = 22, both chosen; row 2: neither; row 3: the first only.
    expect(y).toEqual({ shape: [3, 2], data: [10, 22, -1, 0.5, -10, -4] });
    expect(label?.data).toEqual([1, 1, 1]);
  },
);
