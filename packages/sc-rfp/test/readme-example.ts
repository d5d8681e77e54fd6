import { float32Tensor, type Network } from '@floatpath/core';
import { createClassifier, referenceEngine } from '@floatpath/engine';
import { calibrateDeviations, inputAnchor, scRfp } from '@floatpath/sc-rfp';
import { certify, integerGaussian } from '@floatpath/smoothing';

// relu(x0 - x1) against relu(x1 - x0): which of two pixels is brighter.
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
const engine = referenceEngine(); // or ortEngine(ort) for networks of real size
const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
const training = float32Tensor([2, 2], [0, 1, 0.8, 0.4]);
const settings = { noise, draws: 64, seed: 0, batchSize: 64, modelHash: 'brighter-1' };
const { deviations } = await calibrateDeviations(engine, network, training, settings);

const anchor = inputAnchor({ kappa: 0.67, deviations });
const repressed = scRfp(network, { anchor, form: 'path-sum', lambda: 0.5 });
const classifier = await createClassifier(engine, repressed, { bounds: [0, 1] });
const x = float32Tensor([1, 2], [1, 0.2]);
export const certificate = await certify(classifier, x, { noise, n: 1000, batchSize: 250 });
