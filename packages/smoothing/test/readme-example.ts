import { float32Tensor, type Classifier } from '@floatpath/core';
import { certify, integerGaussian } from '@floatpath/smoothing';

// Any function from a batch of inputs to logits is a classifier; this one asks which of two pixels
// is brighter.
const classifier: Classifier = {
  inputShape: [2],
  classes: 2,
  bounds: [0, 1],
  logits: (x) => Promise.resolve(x),
};
const noise = integerGaussian({ sigma: 0.25, bounds: classifier.bounds });
const x = float32Tensor([1, 2], [1, 0.2]);
export const certificate = await certify(classifier, x, { noise, n: 10_000, batchSize: 250 });
