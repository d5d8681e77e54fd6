import { float32Tensor, type Network } from '@floatpath/core';

/** x [batch, 3] -> Gemm -> Relu -> Gemm -> logits [batch, 3], small enough to follow by hand. */
export function smallMlp(rows: 'batch' | 1 = 'batch'): Network {
  return {
    name: 'small mlp',
    inputs: [{ name: 'x', dtype: 'float32', shape: [rows, 3] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: [rows, 3] }],
    nodes: [
      {
        name: 'fc1',
        op: 'Gemm',
        inputs: ['x', 'w1', 'b1'],
        outputs: ['z'],
        attributes: { transB: 1 },
      },
      { name: 'relu1', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
      {
        name: 'fc2',
        op: 'Gemm',
        inputs: ['h', 'w2', 'b2'],
        outputs: ['logits'],
        attributes: { transB: 1 },
      },
    ],
    constants: new Map([
      ['w1', float32Tensor([4, 3], [1, -1, 0.5, 0, 2, -1, -0.5, 0.25, 1, 1, 1, 1])],
      ['b1', float32Tensor([4], [0.1, -0.2, 0.3, -1])],
      ['w2', float32Tensor([3, 4], [1, 0, -1, 2, -1, 1, 0.5, 0, 0, -2, 1, 1])],
      ['b2', float32Tensor([3], [0.05, 0, -0.05])],
    ]),
  };
}
