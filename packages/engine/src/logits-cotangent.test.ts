import { float32Tensor, type Classifier, type Network, type Objective } from '@floatpath/core';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { onRuntime } from '../test/support/engines.js';
import { onTfjs } from '../test/support/tfjs.js';
import { createClassifier } from './classifier.js';
import { differentiate } from './differentiate.js';
import { referenceEngine } from './reference.js';

/** Logits are the input. */
const plain = (classes: number): Network => ({
  name: 'plain',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', classes] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', classes] }],
  nodes: [{ name: 'id', op: 'Identity', inputs: ['x'], outputs: ['y'], attributes: {} }],
  constants: new Map(),
});

/** Equations 6 and 7 of Croce and Hein. */
function dlr(z: readonly number[], label: number, target?: number): number {
  const [first = 0, , third = 0, fourth = 0] = [...z].sort((a, b) => b - a);
  const own = z[label] as number;
  if (target !== undefined) return ((z[target] as number) - own) / (first - (third + fourth) / 2);
  return (Math.max(...z.filter((_, j) => j !== label)) - own) / (first - third);
}

const open: (Classifier & AsyncDisposable)[] = [];
afterAll(() => Promise.all(open.map((classifier) => classifier[Symbol.asyncDispose]())));

async function classifierOn(name: string, classes: number): Promise<Classifier> {
  const engines = {
    reference: () => Promise.resolve(referenceEngine()),
    onnxruntime: () => Promise.resolve(onRuntime),
    tfjs: () => onTfjs('cpu'),
  };
  const engine = await engines[name as keyof typeof engines]();
  const made = await createClassifier(engine, plain(classes), { bounds: [-100, 100] });
  open.push(made);
  return made;
}

async function slopes(
  classifier: Classifier,
  z: readonly number[],
  objective: Objective,
): Promise<number[]> {
  const rows = z.length / classifier.classes;
  const answer = await classifier.gradient?.(
    float32Tensor([rows, classifier.classes], [...z]),
    objective,
  );
  return [...(answer?.gradient.data ?? [])];
}

const ofFour = (label: number, target?: number): Objective =>
  target === undefined
    ? { kind: 'dlr', labels: Int32Array.of(label) }
    : { kind: 'targeted-dlr', labels: Int32Array.of(label), targets: Int32Array.of(target) };

test.each(['reference', 'onnxruntime', 'tfjs'])(
  'the gradient of DLR is its slope, with a target or without, on %s',
  async (engine) => {
    const classifier = await classifierOn(engine, 5);
    const logits = fc.uniqueArray(fc.integer({ min: -40, max: 40 }), {
      minLength: 5,
      maxLength: 5,
    });
    const target = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(logits, fc.nat({ max: 4 }), target, async (z, label, ahead) => {
        const toward = ahead === undefined ? undefined : (label + ahead) % 5;
        const found = await slopes(classifier, z, ofFour(label, toward));
        z.forEach((_, j) => {
          const h = 1e-4;
          const at = (d: number): number =>
            dlr(
              z.map((v, k) => (k === j ? v + d : v)),
              label,
              toward,
            );
          const slope = (at(h) - at(-h)) / (2 * h);
          // Logits are whole numbers apart, so no order changes within h; h^2 times the third derivative, at most
          // 6 gap / spread^4, leaves 1e-6 and five float32 roundings of slopes below 80 leave 2.4e-5.
          expect(Math.abs((found[j] ?? NaN) - slope)).toBeLessThan(3e-5);
        });
      }),
      { numRuns: 60 },
    );
  },
);

test.each(['reference', 'onnxruntime', 'tfjs'])(
  'of equal logits the first ranks highest, on %s',
  async (engine) => {
    const classifier = await classifierOn(engine, 4);
    // Rivals 0 and 1 tie, and so do ranks 3 and 4: gap 2, spread 2. What logit 0 gains as rival it pays as rank 1.
    expect(await slopes(classifier, [2, 2, 0, 0], ofFour(3))).toEqual([0, 0, 0.5, -0.5]);
    // Target 1 of label 3: gap 2, spread 2; ranks 3 and 4 share what rank 1 pays.
    expect(await slopes(classifier, [2, 2, 0, 0], ofFour(3, 1))).toEqual([-0.5, 0.5, 0.25, -0.25]);
  },
);

test.each(['reference', 'onnxruntime', 'tfjs'])(
  'the gradient is 0 where DLR is undefined, and only in that row, on %s',
  async (engine) => {
    const classifier = await classifierOn(engine, 4);
    const labels = Int32Array.of(0, 0);
    const z = [3, 3, 3, 1, 3, 2, 1, 0];
    const untargeted = await slopes(classifier, z, { kind: 'dlr', labels });
    expect(untargeted.slice(0, 4).map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(untargeted.slice(4)).toEqual([-0.25, 0.5, -0.25, 0]);
    const level = [1, 1, 1, 1, 3, 2, 1, 0];
    const targets = Int32Array.of(2, 2);
    const targeted = await slopes(classifier, level, { kind: 'targeted-dlr', labels, targets });
    expect(targeted.slice(0, 4).map(Math.abs)).toEqual([0, 0, 0, 0]);
    // Gap -2, spread 5/2: 2/5 of (-1, 0, 1, 0) + 4/5 (1, 0, -1/2, -1/2), in float32.
    [-0.08, 0, 0.24, -0.16].forEach((slope, j) => expect(targeted[4 + j]).toBeCloseTo(slope, 6));
  },
);

test('a classifier names the objectives that its classes allow', async () => {
  const named = async (classes: number) => (await classifierOn('reference', classes)).objectives;
  expect(await named(2)).toEqual(['cross-entropy', 'margin', 'cotangent']);
  expect(await named(3)).toEqual(['cross-entropy', 'margin', 'cotangent', 'dlr']);
  expect(await named(4)).toContain('targeted-dlr');
});

test('DLR of too few classes is refused', () => {
  expect(() => differentiate(plain(2), 'dlr')).toThrow(
    'differentiate: expected at least 3 classes for dlr, got 2; use margin',
  );
  expect(() => differentiate(plain(3), 'targeted-dlr')).toThrow('at least 4 classes');
});

test('labels and targets are classes, as many as rows', async () => {
  const classifier = await classifierOn('reference', 4);
  const [z, labels] = [[1, 2, 3, 4], Int32Array.of(0)];
  const given = (targets: Int32Array): Objective => ({ kind: 'targeted-dlr', labels, targets });
  await expect(slopes(classifier, z, given(Int32Array.of(4)))).rejects.toThrow(
    'gradient: expected targets in [0, 4), got 4',
  );
  await expect(slopes(classifier, z, given(Int32Array.of(1, 2)))).rejects.toThrow(
    'gradient: expected 1 targets, as many as labels, got 2',
  );
});
