import { analyze, segmentBetween } from '@floatpath/activation-patterns';
import { float32Tensor, type Network } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import {
  createDecomposer,
  diagnoseFailures,
  kinkList,
  marginLedger,
  preparePaths,
} from '@floatpath/path-decomp';

// Logits (1/2, relu(x1 - x0)): class 1 wins where the second pixel is brighter by more than 1/2.
const network: Network = {
  name: 'brighter',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 2] }],
  nodes: [
    { name: 'affine', op: 'MatMul', inputs: ['x', 'W'], outputs: ['z'], attributes: {} },
    { name: 'relu', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
    { name: 'head', op: 'Gemm', inputs: ['h', 'V', 'b'], outputs: ['logits'], attributes: {} },
  ],
  constants: new Map([
    ['W', float32Tensor([2, 1], [-1, 1])],
    ['V', float32Tensor([1, 2], [0, 1])],
    ['b', float32Tensor([2], [0.5, 0])],
  ]),
};
const analysis = analyze(network);
const x = float32Tensor([1, 2], [0.75, 0.25]);
const adversarial = float32Tensor([1, 2], [0.125, 1]);
const options = { selection: 'recorded', precision: 'float64', batchSize: 64 } as const;
const decomposer = await createDecomposer(referenceEngine(), analysis, options); // or ortEngine(ort)
const neighborhood = segmentBetween(analysis, x, adversarial);
const pair = { x, adversarial, label: 0, neighborhood };
export const [diagnosis] = await diagnoseFailures(decomposer, [pair]);
const paths = preparePaths(analysis); // once per network
export const ledger = marginLedger(paths, pair);
export const kinks = kinkList(neighborhood, 0, 1);
