import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { input, linearClassifier } from '../test/linear-classifier.js';
import { certifySplitting, countSplits, exactCertificateOf } from './certify-splitting.js';
import { splitting } from './noise/splitting.js';

const eighth = fc.integer({ min: -8, max: 8 }).map((v) => v / 8);
const level = fc.integer({ min: 0, max: 255 });

describe('splitting noise', () => {
  it('replaces every level by the middle of its cell, within the bounds', () => {
    const noise = splitting({ halfWidth: 4 / 255, bounds: [0, 1] });
    expect(noise.draws).toBe(8);
    const levels = Float32Array.of(0, 17, 128, 255);
    const { values } = noise.rows(input(...levels), 0, 8);
    values.forEach((value, i) => {
      const from = levels[i % 4] as number;
      const middle = from + value;
      expect(Math.abs(value)).toBeLessThanOrEqual(4);
      expect(middle).toBeGreaterThanOrEqual(0);
      expect(middle).toBeLessThanOrEqual(255);
      expect(Number.isInteger(4 * middle)).toBe(true);
    });
  });

  it('separates two levels for exactly as many offsets as they are apart', () => {
    const noise = splitting({ halfWidth: 20 / 255, bounds: [0, 1], seed: 7 });
    fc.assert(
      fc.property(level, level, (a, b) => {
        const at = (u: number): number[] =>
          Array.from(noise.rows(input(u), 0, noise.draws).values, (v) => u + v);
        const [first, second] = [at(a), at(b)];
        const apart = first.filter((middle, s) => middle !== second[s]).length;
        expect(apart).toBe(Math.min(noise.draws, Math.abs(a - b)));
      }),
    );
  });
});

describe('certifySplitting', () => {
  // Every perturbation of whole levels within the certified radius, of a random classifier with a kink.
  it('keeps its label everywhere inside the radius: all perturbations enumerated', async () => {
    const noise = splitting({ halfWidth: 12 / 510, bounds: [0, 1], seed: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(eighth, eighth), { minLength: 3, maxLength: 3 }),
        fc.tuple(level, level),
        async (weights, [u, v]) => {
          const biases = weights.map(([a, b]) => (-a * u - b * v) / 255);
          const classifier = linearClassifier({ weights, biases });
          const options = { splitting: noise, batchSize: 5 };
          const certificate = await certifySplitting(classifier, input(u / 255, v / 255), options);
          if (certificate.kind === 'abstain') return;
          const reach = Math.ceil(certificate.radius * 255) - 1;
          for (let i = -reach; i <= reach; i += 1) {
            for (const j of [reach - Math.abs(i), Math.abs(i) - reach]) {
              const [a, b] = [u + i, v + j];
              if (a < 0 || b < 0 || a > 255 || b > 255) continue;
              const moved = await countSplits(classifier, input(a / 255, b / 255), options);
              expect(exactCertificateOf(noise, moved).label).toBe(certificate.label);
            }
          }
        },
      ),
      { numRuns: 25, seed: 5 },
    );
  });

  it('is sharp: one level further the label may change', async () => {
    // z > 100 on one pixel: at 110 with cells of 64 levels the label is lost when half the middles fall below.
    const noise = splitting({ halfWidth: 32 / 255, bounds: [0, 1] });
    const classifier = linearClassifier({ weights: [[1], [0]], biases: [-100.25 / 255, 0] });
    const options = { splitting: noise, batchSize: 64 };
    const certificate = await certifySplitting(classifier, input(110 / 255), options);
    const reach = certificate.kind === 'certified' ? Math.round(certificate.radius * 255) : 0;
    expect(reach).toBe(10);
    const labels = [];
    for (const at of [110 - reach + 1, 110 - reach - 1]) {
      labels.push((await certifySplitting(classifier, input(at / 255), options)).label);
    }
    expect(labels).toEqual([0, 1]);
  });

  it('pays for an input off the grid and refuses counts that are not all of them', async () => {
    const noise = splitting({ halfWidth: 32 / 255, bounds: [0, 1] });
    const classifier = linearClassifier({ weights: [[1], [0]], biases: [-100.25 / 255, 0] });
    const options = { splitting: noise, batchSize: 64 };
    const on = await certifySplitting(classifier, input(110 / 255), options);
    const off = await certifySplitting(classifier, input(110.25 / 255), options);
    const radius = on.kind === 'certified' ? on.radius : NaN;
    // A quarter level for x and half a level for the perturbed input; float32 inputs.
    expect(off.kind === 'certified' ? off.radius : NaN).toBeCloseTo(radius - 0.75 / 255, 7);
    expect(() => exactCertificateOf(noise, Uint32Array.of(3, 4))).toThrow('all 64 offsets, got 7');
    await expect(
      countSplits(classifier, input(0), { ...options, batchSize: 0 }),
    ).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
