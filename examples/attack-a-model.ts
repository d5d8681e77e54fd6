import { apgd, checkAttack, pgd, worstOf } from '@floatpath/attacks';
import { createClassifier } from '@floatpath/engine';
import { ortEngine } from '@floatpath/engine/ort';
import * as ort from 'onnxruntime-node';
import { digitModel, testDigits } from './digits.js';

const { images, labels } = testDigits(20);
const { network } = digitModel('mnist-cnn-sigma0');
const classifier = await createClassifier(ortEngine(ort), network, { bounds: [0, 1] });

// Attacks are made of attacks: the second one only sees what the first could not break.
const attack = worstOf(
  pgd({ steps: 20, objective: 'margin' }),
  apgd({ objective: 'dlr', iterations: 20 }),
);
const criterion = { kind: 'untargeted', labels } as const;
const region = { kind: 'ball', norm: 'linf', epsilon: 0.1 } as const;
const run = { seed: 0, images: Uint32Array.from(labels.keys()), batchSize: 32 };
const result = await attack.run(classifier, images, criterion, region, run);

export const survived = result.rows.filter(({ status }) => status === 'failed').length;
// Nothing is taken on trust: distance, bounds and success are asked anew of what was returned.
const claim = { x: images, adversarial: result.adversarial, criterion, region };
export const checked = await checkAttack(classifier, claim, { batchSize: 32, tolerance: 0 });
await classifier[Symbol.asyncDispose]();
