import { analyze, proveFixed, segmentBetween, unitIds } from '@floatpath/activation-patterns';
import { float32Tensor, type Network } from '@floatpath/core';

// relu(x0 - x1) and relu(x1 - x0): which of two pixels is brighter.
const network: Network = {
  name: 'brighter',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 2] }],
  nodes: [
    { name: 'affine', op: 'MatMul', inputs: ['x', 'W'], outputs: ['z'], attributes: {} },
    { name: 'relu', op: 'Relu', inputs: ['z'], outputs: ['logits'], attributes: {} },
  ],
  constants: new Map([['W', float32Tensor([2, 2], [1, -1, -1, 1])]]),
};
const analysis = analyze(network);
const x = float32Tensor([1, 2], [0.75, 0.25]);
const segment = segmentBetween(analysis, x, float32Tensor([1, 2], [0.25, 0.5]));
export const switched = unitIds(analysis.layout, segment.float);
export const crossings = segment.crossings;
export const near = proveFixed(analysis, x, { norm: 'linf', radius: 0.1, bounds: [0, 1] });
export const far = proveFixed(analysis, x, { norm: 'linf', radius: 0.3, bounds: [0, 1] });
