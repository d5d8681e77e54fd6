import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bounds, Float32Tensor } from '@floatpath/core';
import {
  countDraws,
  gaussian,
  integerGaussian,
  labelCounter,
  type CountOptions,
  type Noise,
} from '../../src/index.js';
import {
  countingClassifier,
  input,
  linearClassifier,
  type LinearOptions,
} from '../linear-classifier.js';

const eighth = fc.integer({ min: -16, max: 16 }).map((v) => v / 8);

const problems = fc
  .record({
    size: fc.integer({ min: 1, max: 5 }),
    classes: fc.integer({ min: 2, max: 4 }),
    bounds: fc.constantFrom<Bounds>([0, 1], [-1, 1], [0, 255], [-0.5, 0.25]),
    sigma: fc.constantFrom(0.05, 0.25, 1),
    arithmetic: fc.constantFrom('grid', 'float'),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
  })
  .chain((problem) =>
    fc.record({
      weights: fc.array(fc.array(eighth, { minLength: problem.size, maxLength: problem.size }), {
        minLength: problem.classes,
        maxLength: problem.classes,
      }),
      biases: fc.array(eighth, { minLength: problem.classes, maxLength: problem.classes }),
      // Shares of the bounds: multiples of 1/510 hit grid points and, worst for rounding, half
      // levels.
      x: fc.array(fc.integer({ min: 0, max: 510 }), {
        minLength: problem.size,
        maxLength: problem.size,
      }),
      problem: fc.constant(problem),
    }),
  )
  .map(({ problem, weights, biases, x }) => {
    const { bounds, sigma, arithmetic, seed } = problem;
    const width = bounds[1] - bounds[0];
    const noise: Noise =
      arithmetic === 'grid'
        ? integerGaussian({ sigma: sigma * width, bounds })
        : gaussian({ sigma: sigma * width });
    const options: LinearOptions = { weights, biases, bounds };
    return { options, noise, seed, x: input(...x.map((v) => bounds[0] + (width * v) / 510)) };
  });

async function counted(
  options: LinearOptions,
  x: Float32Tensor,
  count: Pick<CountOptions, 'noise' | 'seed' | 'batchSize'> & { n: number; from?: number },
): Promise<number[]> {
  const counter = labelCounter([{ name: 'f', classifier: linearClassifier(options) }]);
  const { counts } = await countDraws(counter, x, { ...count, purpose: 'estimation', image: 3 });
  return Array.from(counts[0] ?? []);
}

describe('counts', () => {
  it('sum to n and do not depend on the batch size', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async ({ options, noise, seed, x }) => {
        const [one, seven, all] = await Promise.all(
          [1, 7, 250].map((batchSize) => counted(options, x, { noise, seed, batchSize, n: 301 })),
        );
        expect(one?.reduce((sum, count) => sum + count, 0)).toBe(301);
        expect(seven).toEqual(one);
        expect(all).toEqual(one);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('of two ranges of draws add up to those of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        problems,
        fc.integer({ min: 1, max: 99 }),
        async ({ options, noise, seed, x }, cut) => {
          const base = { noise, seed, batchSize: 32 };
          const first = await counted(options, x, { ...base, n: cut });
          const rest = await counted(options, x, { ...base, n: 100 - cut, from: cut });
          const whole = await counted(options, x, { ...base, n: 100 });
          expect(first.map((count, i) => count + (rest[i] ?? NaN))).toEqual(whole);
        },
      ),
      { numRuns: 15, seed: 2 },
    );
  });

  it('are the same whether the classifier counts by itself or the rows are built here', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async ({ options, noise, seed, x }) => {
        const counter = labelCounter([
          { name: 'rows', classifier: linearClassifier(options) },
          { name: 'itself', classifier: countingClassifier(options) },
        ]);
        const { counts } = await countDraws(counter, x, {
          noise,
          seed,
          purpose: 'selection',
          image: 0,
          n: 200,
          batchSize: 64,
        });
        expect(counts[1]).toEqual(counts[0]);
      }),
      { numRuns: 40, seed: 3 },
    );
  });
});

/** Rows that occur twice among four streams of 500 draws each. */
function repeatedRows(noise: Noise): number {
  const streams = [
    { purpose: 'selection', image: 0, seed: 1 },
    { purpose: 'estimation', image: 0, seed: 1 },
    { purpose: 'estimation', image: 1, seed: 1 },
    { purpose: 'estimation', image: 0, seed: 2 },
  ] as const;
  const size = 16;
  const count = 500;
  const seen = streams.flatMap((stream) => {
    const { values } = noise.rows({ ...stream, from: 0, count, size }).noise;
    return Array.from({ length: count }, (_, row) =>
      values.subarray(row * size, (row + 1) * size).join(),
    );
  });
  return seen.length - new Set(seen).size;
}

describe('noise rows', () => {
  // Two of 2,000 rows of 16 values agree by chance with probability below 2e6 * (1 / 60)^16 < 1e-22
  // at sigma 0.1.
  it('are never equal, across draws, purposes, images and seeds', () => {
    expect(repeatedRows(integerGaussian({ sigma: 0.1, bounds: [0, 1] }))).toBe(0);
    expect(repeatedRows(gaussian({ sigma: 0.1 }))).toBe(0);
  });

  it('catch a sampler that forgets the image', () => {
    const sound = integerGaussian({ sigma: 0.1, bounds: [0, 1] });
    const leaking: Noise = { ...sound, rows: (request) => sound.rows({ ...request, image: 0 }) };
    expect(repeatedRows(leaking)).toBe(500);
  });

  it.each([
    ['integer', integerGaussian({ sigma: 0.25, bounds: [0, 1] }), 255, 1 / 12],
    ['integer, wide bounds', integerGaussian({ sigma: 0.5, bounds: [-1, 1] }), 127.5, 1 / 12],
    ['float32', gaussian({ sigma: 0.25 }), 1, 0],
  ])('have the moments of their law: %s', (_, noise, scale, roundingVariance) => {
    const count = 200;
    const size = 500;
    const request = { seed: 7, purpose: 'estimation', image: 0, from: 0, count, size } as const;
    const { values } = noise.rows(request).noise;
    const total = values.length;
    const mean = values.reduce((sum, v) => sum + v, 0) / total;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / total;
    // Sheppard: rounding to integers adds 1/12 to the variance.
    const expected = (scale * noise.sigma) ** 2 + roundingVariance;
    // Six standard errors of the mean and of the variance of a normal sample.
    expect(Math.abs(mean)).toBeLessThan(6 * Math.sqrt(expected / total));
    expect(Math.abs(variance - expected)).toBeLessThan(6 * expected * Math.sqrt(2 / total));
  });
});
