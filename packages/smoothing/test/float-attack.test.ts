import { describe, expect, it } from 'vitest';
import {
  fillWords,
  float32Tensor,
  type Bounds,
  type Classifier,
  type Float32Tensor,
} from '@floatpath/core';
import { certify, gaussian, integerGaussian, predict, type Noise } from '../src/index.js';
import { noisyRows } from '../src/noisy-rows.js';

/**
 * The published attack on smoothing in floating point: fl(a + e) remembers a. The base classifier answers 1 where
 * fl(fl(z - a) + a) = z in every coordinate, which always holds for z = fl(a + e), and hardly ever for z = fl(x + e) with
 * another x. Voracek, Hein, ICLR 2023, section 3.
 */
function remembering(a: Float32Tensor): Classifier {
  const size = a.data.length;
  const back = (z: number, at: number): boolean => Math.fround(Math.fround(z - at) + at) === z;
  return {
    inputShape: [size],
    classes: 2,
    bounds: [0, 1],
    logits(x) {
      const rows = x.shape[0] ?? 0;
      const logits = new Float32Array(2 * rows);
      for (let row = 0; row < rows; row += 1) {
        const z = x.data.subarray(row * size, (row + 1) * size);
        const remembered = z.every((value, i) => back(value, a.data[i] ?? NaN));
        logits[2 * row + (remembered ? 1 : 0)] = 1;
      }
      return Promise.resolve(float32Tensor([rows, 2], logits));
    },
  };
}

const SIZE = 3_072;
const levels = ((): number[] => {
  const words = new Uint32Array(SIZE);
  fillWords(words, { seed: 1, purpose: 'attack', image: 0, draw: 0 });
  return Array.from(words, (word) => word % 255);
})();
const picture = (moved: (i: number) => boolean): Float32Tensor =>
  float32Tensor(
    [1, SIZE],
    levels.map((u, i) => (u + (moved(i) ? 1 : 0)) / 255),
  );
const a = picture(() => false);
// Half of the pixels brighter by one level: sqrt(1536) / 255 = .154 away.
const other = picture((i) => i % 2 === 0);
const DISTANCE = Math.sqrt(SIZE / 2) / 255;

/** The certificate at `a`, and what the smoothed classifier says at `other`. */
async function replay(noise: Noise): Promise<{ label: number; radius: number; elsewhere: number }> {
  const classifier = remembering(a);
  const certificate = await certify(classifier, a, { noise, n0: 20, n: 150, batchSize: 50 });
  const prediction = await predict(classifier, other, {
    noise,
    n: 150,
    alpha: 0.001,
    seed: 99,
    batchSize: 50,
  });
  expect(certificate.kind).toBe('certified');
  expect(prediction.kind).toBe('label');
  const radius = certificate.kind === 'certified' ? certificate.radius : 0;
  return { label: certificate.label, radius, elsewhere: prediction.label };
}

describe('the attack on smoothing in floating point', () => {
  it('works on float noise: certified far beyond an image of the same grid that is labelled otherwise', async () => {
    const { label, radius, elsewhere } = await replay(gaussian({ sigma: 0.5 }));
    expect(radius).toBeGreaterThan(4 * DISTANCE);
    expect(label).toBe(1);
    expect(elsewhere).toBe(0);
  });

  it('works on float noise at a distance of one millionth', async () => {
    const noise = gaussian({ sigma: 0.5 });
    const near = float32Tensor(
      [1, SIZE],
      a.data.map((value) => value + 1e-6),
    );
    const options = { noise, n: 100, alpha: 0.001, seed: 3, batchSize: 50 };
    expect(await predict(remembering(a), near, options)).toMatchObject({ kind: 'label', label: 0 });
    expect(await predict(remembering(a), a, options)).toMatchObject({ kind: 'label', label: 1 });
  });

  it('fails on grid noise: the certificate holds at that image', async () => {
    const { label, radius, elsewhere } = await replay(
      integerGaussian({ sigma: 0.5, bounds: [0, 1] }),
    );
    expect(radius).toBeGreaterThan(DISTANCE);
    expect(elsewhere).toBe(label);
  });
});

describe('grid noise', () => {
  it.each<Bounds>([
    [0, 1],
    [-1, 1],
    [0, 255],
    [-0.5, 0.25],
  ])(
    'leaves nothing of x in the value: one float32 per grid point, in bounds [%d, %d]',
    (low, high) => {
      const clip = [-255, 510] as const;
      const valuesAt = new Map<number, Set<number>>();
      const jumps = Float32Array.from({ length: 1_021 }, (_, j) => j - 510);
      for (let u = 0; u <= 255; u += 1) {
        const center = float32Tensor([1, jumps.length], new Float32Array(jumps.length).fill(u));
        const noise = { arithmetic: 'grid', rows: 1, values: jumps, clip } as const;
        noisyRows(center, noise, [low, high]).data.forEach((value, i) => {
          const point = Math.min(510, Math.max(-255, u + (jumps[i] ?? NaN)));
          valuesAt.set(point, (valuesAt.get(point) ?? new Set()).add(value));
        });
      }
      expect(valuesAt.size).toBe(766);
      for (const values of valuesAt.values()) expect(values.size).toBe(1);
    },
  );

  it('a sum in float32 instead leaves up to dozens: the same count catches it', () => {
    const valuesAt = new Map<number, Set<number>>();
    for (let u = 0; u <= 255; u += 1) {
      for (let j = -510; j <= 510; j += 1) {
        const value = Math.fround(Math.fround(j / 255) + Math.fround(u / 255));
        valuesAt.set(u + j, (valuesAt.get(u + j) ?? new Set()).add(value));
      }
    }
    const ambiguous = [...valuesAt.values()].filter((values) => values.size > 1).length;
    expect(ambiguous).toBeGreaterThan(valuesAt.size / 2);
  });
});
