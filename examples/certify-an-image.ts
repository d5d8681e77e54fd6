import { rowsOf } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { ortEngine } from '@floatpath/engine/ort';
import { certify, integerGaussian } from '@floatpath/smoothing';
import { roundDown } from '@floatpath/statistics';
import * as ort from 'onnxruntime-node';
import { digitModel, testDigits } from './digits.js';

const { images } = testDigits(1);
const { network } = digitModel('mnist-cnn-sigma0.25');
const classifier = await createClassifier(ortEngine(ort), network, { bounds: [0, 1] });

// Integer noise: the certificate is about the program that runs, on every 8-bit image, not about real numbers.
const noise = integerGaussian({ sigma: 0.25, bounds: classifier.bounds });
const options = { noise, n0: 100, n: 1000, alpha: 0.001, batchSize: 250 };
export const certificate = await certify(classifier, rowsOf(images, 0, 1), options);
export const said =
  certificate.kind === 'certified'
    ? `label ${certificate.label} within l2 ${roundDown(certificate.radius, 3)}`
    : 'abstains';
await classifier[Symbol.asyncDispose]();
