import { describe, expect, it } from 'vitest';
import { binomialUpperTail } from '@floatpath/statistics';
import {
  certify,
  gaussian,
  integerGaussian,
  laplace,
  linfThroughL2,
  uniform,
  type Noise,
} from '../../src/index.js';
import { input, linearClassifier } from '../linear-classifier.js';

/**
 * A linear classifier has a known distance to its boundary, and its smoothed version has the same
 * boundary. So each certificate that exceeds the distance is a failure of probability at most
 * alpha, and independent seeds make the number of failures at most Bin(SEEDS, alpha). The seeds are
 * fixed: nothing here can flake.
 */
const SEEDS = 600;
const N = 500;
const ALPHA = 0.001;
const believable = (failures: number): boolean => binomialUpperTail(failures, SEEDS, ALPHA) >= 1e-6;

interface Problem {
  readonly noise: Noise;
  readonly classifier: ReturnType<typeof linearClassifier>;
  readonly x: ReturnType<typeof input>;
  readonly distance: number;
}

// 3 z_1 - 4 z_2 + 0.05 > 0 at (0.5, 0.25): distance 0.55 / 5 = 0.11, p = Phi(0.44) = 0.67.
const floatProblem: Problem = {
  noise: gaussian({ sigma: 0.25 }),
  classifier: linearClassifier({
    weights: [
      [3, -4],
      [0, 0],
    ],
    biases: [0.05, 0],
  }),
  x: input(0.5, 0.25),
  distance: 0.11,
};
// z > 99.5 / 255 at z = 128 / 255. The noise is a rounded Gaussian, so the smoothed boundary lies
// half a level below the smallest integer that passes, 100.
const gridProblem: Problem = {
  noise: integerGaussian({ sigma: 0.12, bounds: [0, 1] }),
  classifier: linearClassifier({ weights: [[1], [0]], biases: [-99.5 / 255, 0] }),
  x: input(128 / 255),
  distance: (128 - 99.5) / 255,
};

// In l1 the distance is the margin over the largest weight, in linf over the sum of the weights.
const uniformProblem: Problem = {
  noise: uniform({ halfWidth: 0.5, bounds: [0, 1] }),
  classifier: linearClassifier({ weights: [[1], [0]], biases: [-99.5 / 255, 0] }),
  x: input(160 / 255),
  distance: (160 - 99.5) / 255,
};
const laplaceProblem: Problem = {
  noise: laplace({ scale: 0.25 }),
  classifier: linearClassifier({ weights: [[4], [0]], biases: [-1, 0] }),
  x: input(0.5),
  distance: 0.25,
};
// The direction (1, 1) is where a ball in linf touches the one in l2: sharp there.
const linfProblem: Problem = {
  noise: linfThroughL2(gaussian({ sigma: 0.25 }), 2),
  classifier: linearClassifier({
    weights: [
      [1, 1],
      [0, 0],
    ],
    biases: [-0.75, 0],
  }),
  x: input(0.5, 0.5),
  distance: 0.125,
};

async function failures(
  { noise, classifier, x, distance }: Problem,
  fault: { readonly scale?: number; readonly alphaFactor?: number } = {},
): Promise<number> {
  const { scale = 1, alphaFactor = 1 } = fault;
  let count = 0;
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const alpha = ALPHA * alphaFactor;
    const result = await certify(classifier, x, { noise, n0: 10, n: N, alpha, seed, batchSize: N });
    const wrongLabel = result.kind === 'certified' && result.label !== 0;
    const tooLarge = result.kind === 'certified' && result.radius * scale > distance;
    if (wrongLabel || tooLarge) count += 1;
  }
  return count;
}

describe.each([
  ['float noise', floatProblem],
  ['integer noise on the grid', gridProblem],
  ['integer uniform noise in l1', uniformProblem],
  ['Laplace noise in l1', laplaceProblem],
  ['Gaussian noise in linf', linfProblem],
])('a linear classifier under %s', (_, problem) => {
  it('is certified within its true distance', async () => {
    expect(believable(await failures(problem))).toBe(true);
  });

  it('shows a radius that is 1.2 times too large', async () => {
    expect(believable(await failures(problem, { scale: 1.2 }))).toBe(false);
  });

  it('shows twenty times the stated alpha', async () => {
    expect(believable(await failures(problem, { alphaFactor: 20 }))).toBe(false);
  });
});
