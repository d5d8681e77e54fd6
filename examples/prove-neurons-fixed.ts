import { analyze, proveFixed, sampleFlips, createObserver } from '@floatpath/activation-patterns';
import { rowsOf } from '@floatpath/core';
import { ortEngine } from '@floatpath/engine/ort';
import * as ort from 'onnxruntime-node';
import { digitModel, testDigits } from './digits.js';

const analysis = analyze(digitModel('mnist-cnn-sigma0').network);
const x = rowsOf(testDigits(1).images, 0, 1);
const ball = { norm: 'linf', radius: 2 / 255, bounds: [0, 1] } as const;

// Bounds can only show that a neuron is fixed; draws can only show that one is float. The rest is undecided.
const proof = proveFixed(analysis, x, ball);
await using observer = await createObserver(ortEngine(ort), analysis);
const seen = await sampleFlips(analysis, observer, x, ball, {
  ...{ draws: 200, alpha: 0.001, seed: 0, image: 0, purpose: 'anchor', batchSize: 50 },
});

const count = (marks: Uint8Array) => marks.reduce((sum, mark) => sum + mark, 0);
export const bracket = {
  units: analysis.layout.units,
  provedFixed: count(proof.fixed),
  seenToSwitch: count(seen.seen),
};
