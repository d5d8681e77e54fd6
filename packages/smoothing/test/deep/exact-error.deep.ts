import { binomialUpperTail } from '@floatpath/statistics';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import {
  binary,
  certify,
  integerGaussian,
  selectionFree,
  stevens,
  twoClass,
  type Bound,
} from '../../src/index.js';
import { input, linearClassifier } from '../linear-classifier.js';

const ALPHA = 0.001;
const SIZES = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
const PROBABILITIES = [0.5, 0.501, 0.51, 0.55, 0.6, 0.6915, 0.8, 0.8413, 0.9, 0.9772, 0.99, 0.999];

/** The smallest count of class 0 whose bound exceeds p. */
function smallestWrong(bound: Bound, n: number, p: number, u: number): number {
  const exceeds = (k: number): boolean => {
    const counts = Uint32Array.of(k, n - k);
    const { pLower } = bound.classBound({
      selection: Uint32Array.of(1, 0),
      estimation: counts,
      n,
      alpha: ALPHA,
      u,
    });
    return pLower > p;
  };
  let [low, high] = [Math.floor(n / 2), n + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (exceeds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** P(bound > p), over the counts and the random number of a randomised bound. */
function exactError(bound: Bound, n: number, p: number): number {
  const k = smallestWrong(bound, n, p, 1);
  const tail = binomialUpperTail(k, n, p);
  // Without a selection sample either class may win at 1/2.
  if (bound.spec.kind === 'selection-free') return p === 0.5 ? 2 * tail : tail;
  if (bound.spec.kind !== 'stevens' || k === 0) return tail;
  // One count less is wrong for small u only: the share of u is found by bisection.
  let [wrong, right] = [0, 1];
  for (let i = 0; i < 50; i += 1) {
    const u = (wrong + right) / 2;
    if (smallestWrong(bound, n, p, u) < k) wrong = u;
    else right = u;
  }
  return tail + wrong * (binomialUpperTail(k - 1, n, p) - tail);
}

test('the exact error of every fixed-n rule is at most alpha, n 10 to 100,000', () => {
  const worst = [binary(), twoClass(), selectionFree(), stevens()].map((bound) => {
    const errors = SIZES.flatMap((n) => PROBABILITIES.map((p) => exactError(bound, n, p)));
    return { bound: bound.spec.kind, error: Math.max(...errors) };
  });
  writeEvidence('smoothing-exact-error', {
    claim: 'the exact error of every fixed-n rule is at most alpha = .001 for n from 10 to 100,000',
    command: 'npm run test:deep -- packages/smoothing',
    seed: 0,
    numbers: { alpha: ALPHA, sizes: SIZES, probabilities: PROBABILITIES, worst },
  });
  // Stevens' bound errs with alpha itself: one part in 10^9 for the rounding of the sum and the bisection.
  for (const { error } of worst) expect(error).toBeLessThanOrEqual(ALPHA * (1 + 1e-9));
});

test('certify end to end at alpha = .05 is wrong no more often than believable; at twice the alpha it shows', async () => {
  const runs = 4_000;
  const alpha = 0.05;
  const noise = integerGaussian({ sigma: 0.12, bounds: [0, 1] });
  const classifier = linearClassifier({ weights: [[1], [0]], biases: [-99.5 / 255, 0] });
  const x = input(128 / 255);
  const distance = (128 - 99.5) / 255;
  const failures = async (bound: Bound, level: number): Promise<number> => {
    let wrong = 0;
    for (let seed = 0; seed < runs; seed += 1) {
      const options = { noise, n0: 10, n: 300, alpha: level, bound, seed, batchSize: 300 };
      const result = await certify(classifier, x, options);
      if (result.kind === 'certified' && (result.label !== 0 || result.radius > distance))
        wrong += 1;
    }
    return wrong;
  };
  const believable = (wrong: number): boolean => binomialUpperTail(wrong, runs, alpha) >= 1e-6;
  const results: { bound: string; wrong: number }[] = [];
  for (const bound of [binary(), stevens(), selectionFree()]) {
    results.push({ bound: bound.spec.kind, wrong: await failures(bound, alpha) });
  }
  const control = await failures(binary(), 2 * alpha);
  writeEvidence('smoothing-end-to-end', {
    claim: `of ${runs} certificates at alpha .05 no more are wrong than Bin(${runs}, .05) allows`,
    command: 'npm run test:deep -- packages/smoothing',
    seed: 0,
    numbers: { runs, alpha, distance, results, control },
  });
  for (const { wrong } of results) expect(believable(wrong)).toBe(true);
  expect(believable(control)).toBe(false);
});
