import { rowsOf } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { ortEngine } from '@floatpath/engine/ort';
import { writeOnnx } from '@floatpath/model-io';
import { calibrateDeviations, inputAnchor, scRfp } from '@floatpath/sc-rfp';
import { certify, integerGaussian } from '@floatpath/smoothing';
import * as ort from 'onnxruntime-node';
import { digitModel, testDigits } from './digits.js';

const { images } = testDigits(9);
const { network } = digitModel('mnist-cnn-sigma0');
const engine = ortEngine(ort);
const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });

// What the anchor needs to know of the network, from images that are not certified later.
const settings = { noise, draws: 64, seed: 0, batchSize: 64, modelHash: 'mnist-cnn-sigma0' };
const { deviations } = await calibrateDeviations(engine, network, rowsOf(images, 1, 9), settings);

// A network like any other: it runs on every engine, is attacked, certified, and saved as ONNX.
const anchor = inputAnchor({ kappa: 0.67, deviations });
const repressed = scRfp(network, { anchor, form: 'path-sum', lambda: 0.5 });
export const onnx = writeOnnx(repressed);

const classifier = await createClassifier(engine, repressed, { bounds: [0, 1] });
const options = { noise, n: 1000, batchSize: 100 };
export const certificate = await certify(classifier, rowsOf(images, 0, 1), options);
await classifier[Symbol.asyncDispose]();
