import { integerGaussian } from '@floatpath/smoothing';
import { numbersOf, type Tensor } from '@floatpath/core';
import { expect, it } from 'vitest';
import {
  centerAnchor,
  createCenteredClassifier,
  expectationForm,
  globalAnchor,
  scRfp,
} from '../../src/index.js';
import { ortForTests } from '../ort.js';
import { firstLayer, smallImages, smallNetwork } from '../small-network.js';

const network = smallNetwork();
const bounds = [0, 1] as const;
const noise = integerGaussian({ sigma: 0.25, bounds });
const DRAWS = 4000;
const means = centerAnchor({ tau: 0.05, draws: DRAWS, means: true });
const form = expectationForm('center');
const observed = { seed: 0, batchSize: 500, noise };

it('means are those of a rectified Gaussian', async () => {
  const x = smallImages(1);
  await using observer = await means.observe(ortForTests(), network, observed);
  const feeds = await observer.feedsAt(x, 0);
  const { z, length } = firstLayer(x);
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  // Phi by the mean of its density over a fine grid: independent of the library's.
  const below = (t: number) => {
    let sum = 0;
    for (let i = 0; i < 20_000; i += 1) sum += density(-10 + ((i + 0.5) * (t + 10)) / 20_000);
    return (sum * (t + 10)) / 20_000;
  };
  const values = numbersOf(feeds['mean:gate_1'] as Tensor);
  z.forEach((value, u) => {
    const s = 0.25 * (length[u] as number);
    const mean = value * below(value / s) + s * density(value / s);
    // Five standard errors of 4,000 draws; a rectified Gaussian spreads less than the Gaussian.
    expect(Math.abs((values[u] as number) - mean)).toBeLessThan((5 * s) / Math.sqrt(DRAWS));
  });
});

it('the frozen network takes them in place of float outputs', async () => {
  const x = smallImages(1);
  const logits = async (lambda: number, how: typeof form | 'layerwise') => {
    const anchor = how === 'layerwise' ? centerAnchor({ tau: 0.05, draws: DRAWS }) : means;
    const options = { ...observed, anchor, form: how, bounds, lambda };
    await using made = await createCenteredClassifier(ortForTests(), network, options);
    expect(made.guarantee).toBe('conditional');
    return Array.from((await (await made.at(x, 0)).logits(x)).data);
  };
  const plain = await logits(1, form);
  const [none, half] = [await logits(0, form), await logits(0.5, form)];
  expect(half).not.toEqual(plain);
  expect(half).not.toEqual(none);
  // With lambda 0 float units still give their mean; layerwise they give 0.
  expect(none).not.toEqual(await logits(0, 'layerwise'));
});

it('no unconditional network takes means at the center', () => {
  const minority = new Map([
    ['gate_1', new Float32Array(8)],
    ['gate_2', new Float32Array(5)],
  ]);
  const anchor = globalAnchor({ q: 0.4, minority });
  expect(() => scRfp(network, { anchor, form, lambda: 0.5 })).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});
