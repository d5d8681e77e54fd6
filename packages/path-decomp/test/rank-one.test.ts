import { float32Tensor, type Network } from '@floatpath/core';
import { analyze, segmentBetween } from '@floatpath/activation-patterns';
import { expect, it } from 'vitest';
import { marginLedger, preparePaths } from '../src/index.js';

it('a ledger goes back through products with vectors, on either side', () => {
  // relu(W x) for a vector x without a batch axis, then relu(..) V.
  const network: Network = {
    name: 'vectors',
    inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
    nodes: [
      { name: 'left', op: 'MatMul', inputs: ['W', 'x'], outputs: ['z'], attributes: {} },
      { name: 'relu', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
      { name: 'right', op: 'MatMul', inputs: ['h', 'V'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map([
      ['W', float32Tensor([3, 2], [1, 0, 0, 1, 1, -1])],
      ['V', float32Tensor([3, 2], [1, 0, 0, 2, 4, 0])],
    ]),
  };
  const analysis = analyze(network);
  const [x, adversarial] = [float32Tensor([2], [1, 0.5]), float32Tensor([2], [0.5, 1])];
  const neighborhood = segmentBetween(analysis, x, adversarial);
  const ledger = marginLedger(preparePaths(analysis), { x, adversarial, label: 0, neighborhood });
  // y0 = h0 + 4 h2, y1 = 2 h1: the margin falls from 2 to -1.5, 2 of it through the unit that switches off.
  expect(ledger).toMatchObject({ drop: 3.5, fixed: 1.5, residual: 0 });
  expect(ledger.rows).toMatchObject([{ id: 'relu:2', weight: 4, share: 2 }]);
});
