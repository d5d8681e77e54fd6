import { describe, expect, it } from 'vitest';
import { fillNormal, float32Tensor, type Classifier, type Float32Tensor } from '@floatpath/core';
import { linearClassifier, randomMlp } from '../test/classifiers.js';
import { eotPgd } from './eot-pgd.js';

const options = { seed: 5, images: Uint32Array.of(77), batchSize: 50 };
const untargeted = (label: number) =>
  ({ kind: 'untargeted', labels: Int32Array.of(label) }) as const;

function softmax(z: Float32Array): number[] {
  const exps = Array.from(z, (v) => Math.exp(v - Math.max(...z)));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
}

describe('against a linear base classifier, whose smoothed label is its own', () => {
  // f(x + sigma Z) has the label of f(x) with probability above 1/2: the nearest change is at margin / ||w||_2 = .1.
  const classifier = linearClassifier([2], [3, 4, 0, 0], [-3, 0]);
  const x = float32Tensor([1, 2], [0.5, 0.5]);

  it.each([
    [0.07, 'failed'],
    [0.13, 'success'],
  ])('an l2 ball of %f: %s', async (epsilon, status) => {
    const attack = eotPgd({ sigma: 0.1, draws: 32, steps: 10, checkDraws: 2000 });
    const region = { kind: 'ball', norm: 'l2', epsilon } as const;
    const result = await attack.run(classifier, x, untargeted(0), region, options);
    expect(result.rows[0]?.status).toBe(status);
  });
});

it('climbs J(x) = -log mean p_y: the step is along its gradient, by central differences', async () => {
  const sigma = 0.3;
  const draws = 6;
  const mlp = randomMlp(13, [4], 3, { scale: 2 });
  const x = float32Tensor([1, 4], [0.4, 0.6, 0.5, 0.3]);
  const label = Number(mlp.logitsNow(x).data.indexOf(Math.max(...mlp.logitsNow(x).data)));
  const batches: Float32Tensor[] = [];
  const watched: Classifier = {
    ...mlp,
    gradient: (batch, objective) => {
      batches.push(batch);
      return mlp.gradient(batch, objective);
    },
  };
  const epsilon = 0.01;
  const attack = eotPgd({ sigma, draws, steps: 2, relativeStep: 0.02, checkDraws: 20 });
  const region = { kind: 'ball', norm: 'l2', epsilon } as const;
  const result = await attack.run(watched, x, untargeted(label), region, options);
  expect(result.rows[0]?.status).toBe('failed');
  expect(batches.map(({ shape }) => shape)).toEqual([
    [6, 4],
    [6, 4],
  ]);
  // Lane 3 holds the noise of the steps: draws 0..5 for the first, 6..11 for the second.
  const noise = (draw: number): Float32Array => {
    const z = new Float32Array(4);
    fillNormal(z, 0, 4, { seed: 5, purpose: 'attack', image: 77, draw, lane: 3 });
    return z;
  };
  const centerOf = (step: number): number[] =>
    [0, 1, 2, 3].map((i) => {
      const copies = Array.from({ length: draws }, (_, copy) => {
        const z = noise(step * draws + copy)[i] as number;
        return (batches[step]?.data[copy * 4 + i] as number) - sigma * z;
      });
      return copies.reduce((a, b) => a + b, 0) / draws;
    });
  const [from, to] = [centerOf(0), centerOf(1)];
  const objective = (at: readonly number[]): number => {
    const rows = Array.from({ length: draws }, (_, copy) => {
      const z = noise(copy);
      return at.map((v, i) => v + sigma * (z[i] as number));
    });
    const logits = mlp.logitsNow(float32Tensor([draws, 4], rows.flat())).data;
    const mean = rows.reduce(
      (sum, _, r) => sum + (softmax(logits.slice(3 * r, 3 * r + 3))[label] ?? 0),
      0,
    );
    return -Math.log(mean / draws);
  };
  // float32 logits carry errors near 1e-6, so h = 1e-3 keeps them below 1e-2 of the slopes.
  const h = 1e-3;
  const slope = from.map((_, i) => {
    const at = (d: number): number => objective(from.map((v, k) => (k === i ? v + d : v)));
    return (at(h) - at(-h)) / (2 * h);
  });
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
  const cosine = (a: readonly number[], b: readonly number[]): number =>
    dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const step = to.map((v, i) => v - (from[i] as number));
  // The step is 2e-4 long, inside the ball, and its float32 coordinates are off by 6e-8: an angle below 1e-3.
  expect(cosine(step, slope)).toBeGreaterThan(0.9999);
  // The mean of the copies' own gradients, without the weights, is another direction here.
  const labels = new Int32Array(draws).fill(label);
  const { gradient } = await mlp.gradient(batches[0] as Float32Tensor, {
    kind: 'cross-entropy',
    labels,
  });
  const plain = [0, 1, 2, 3].map((i) =>
    gradient.data.reduce((sum, v, k) => (k % 4 === i ? sum + v : sum), 0),
  );
  expect(cosine(plain, slope)).toBeLessThan(0.99);
});

it('judges the returned row by draws of its own: lane 4, the second block of checkDraws', async () => {
  const sigma = 0.4;
  const checkDraws = 11;
  for (let seed = 0; seed < 20; seed += 1) {
    const mlp = randomMlp(seed, [3], 3, { scale: 3 });
    const x = float32Tensor([1, 3], [0.5, 0.4, 0.6]);
    const attack = eotPgd({ sigma, draws: 4, steps: 3, checkDraws });
    const region = { kind: 'ball', norm: 'linf', epsilon: 0.2 } as const;
    const result = await attack.run(mlp, x, untargeted(0), region, options);
    const row = result.rows[0];
    const block = row?.status === 'already-wrong' ? 0 : 1;
    const means = [0, 0, 0];
    for (let i = 0; i < checkDraws; i += 1) {
      const z = new Float32Array(3);
      const draw = block * checkDraws + i;
      fillNormal(z, 0, 3, { seed: 5, purpose: 'attack', image: 77, draw, lane: 4 });
      const noisy = result.adversarial.data.map((v, j) => v + sigma * (z[j] as number));
      softmax(mlp.logitsNow(float32Tensor([1, 3], noisy)).data).forEach((p, j) => {
        means[j] = (means[j] as number) + p;
      });
    }
    expect(row?.predicted).toBe(means.indexOf(Math.max(...means)));
  }
});

it('refuses meaningless settings', () => {
  const fine = { sigma: 0.25, draws: 4, steps: 4 };
  expect(() => eotPgd({ ...fine, sigma: 0 })).toThrow(/expected sigma/);
  expect(() => eotPgd({ ...fine, draws: 1.5 })).toThrow(/expected draws/);
  expect(() => eotPgd({ ...fine, steps: 0 })).toThrow(/expected steps/);
  expect(() => eotPgd({ ...fine, checkDraws: -1 })).toThrow(/expected checkDraws/);
  expect(() => eotPgd({ ...fine, relativeStep: NaN })).toThrow(/expected relativeStep/);
});
