import { analyze, segmentBetween } from '@floatpath/activation-patterns';
import { pgd } from '@floatpath/attacks';
import { rowsOf } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { ortEngine } from '@floatpath/engine/ort';
import { kinkList, marginLedger, preparePaths } from '@floatpath/path-decomp';
import * as ort from 'onnxruntime-node';
import { digitModel, testDigits } from './digits.js';

const { images, labels } = testDigits(1);
const { network } = digitModel('mnist-cnn-sigma0');
const classifier = await createClassifier(ortEngine(ort), network, { bounds: [0, 1] });
const { adversarial } = await pgd({ steps: 40, objective: 'margin' }).run(
  classifier,
  images,
  { kind: 'untargeted', labels },
  { kind: 'ball', norm: 'l2', epsilon: 1.5 },
  { seed: 0, images: Uint32Array.of(0), batchSize: 8 },
);
await classifier[Symbol.asyncDispose]();

// Every neuron that switches anywhere between the image and its adversarial twin, found in float64.
const analysis = analyze(network);
const label = labels[0] as number;
const [x, twin] = [images, rowsOf(adversarial, 0, 1)];
const segment = segmentBetween(analysis, x, twin);

// The lost margin, to the last digit: one line for the fixed paths, one for each neuron that switched.
export const ledger = marginLedger(preparePaths(analysis), {
  x,
  adversarial: twin,
  label,
  neighborhood: segment,
});
export const sum = ledger.rows.reduce((total, { share }) => total + share, ledger.fixed);
// The same loss along the way: a straight line, and what every switch adds to it.
export const kinks = kinkList(segment, label, ledger.rival);
