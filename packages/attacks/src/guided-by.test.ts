import { expect, it } from 'vitest';
import { float32Tensor } from '@floatpath/core';
import { randomMlp, type PlainClassifier } from '../test/classifiers.js';
import { apgd } from './apgd.js';
import { guidedBy } from './guided-by.js';
import { pgd } from './pgd.js';
import { worstOf } from './worst-of.js';

const network = randomMlp(12, [6], 4);
const x = float32Tensor(
  [8, 6],
  Array.from({ length: 48 }, (_, i) => ((i * 37) % 101) / 100),
);
const z = network.logitsNow(x).data;
const labels = Int32Array.from({ length: 8 }, (_, row) => {
  const own = [...z.subarray(4 * row, 4 * row + 4)];
  return own.indexOf(Math.max(...own));
});

/** The same labels, but logits on steps of 1/64, as if an activation had been rounded: no gradient anywhere. */
const masked: PlainClassifier = {
  ...network,
  logits: async (at) => stepped(await network.logits(at)),
  gradient: async (at, objective) => {
    const { logits } = await network.gradient(at, objective);
    return { logits: stepped(logits), gradient: float32Tensor(at.shape) };
  },
};

function stepped({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  return float32Tensor(
    shape,
    data.map((v) => Math.round(64 * v) / 64),
  );
}

const run = (attack: ReturnType<typeof worstOf>) =>
  attack.run(
    masked,
    x,
    { kind: 'untargeted', labels },
    { kind: 'ball', norm: 'l2', epsilon: 0.3 },
    { seed: 0, images: Uint32Array.from(labels.keys()), batchSize: 8 },
  );

it('breaks a model whose own gradient is masked, and says what the model says', async () => {
  const attack = apgd({ iterations: 50, objective: 'margin' });
  const alone = await run(attack);
  const guided = await run(guidedBy(network, attack));
  const broken = ({ rows }: typeof alone) =>
    rows.filter(({ status }) => status === 'success').length;
  expect(broken(alone)).toBe(0);
  expect(alone.warnings.map(({ code }) => code)).toContain('zero-gradient');
  expect(broken(guided)).toBeGreaterThan(1);
  const after = stepped(network.logitsNow(guided.adversarial)).data;
  guided.rows.forEach(({ predicted }, row) => {
    const own = [...after.subarray(4 * row, 4 * row + 4)];
    expect(predicted).toBe(own.indexOf(Math.max(...own)));
  });
  expect(broken(await run(worstOf(attack, guidedBy(network, attack))))).toBe(broken(guided));
});

it('wants a guide with a gradient', async () => {
  const { gradient: _, ...blind } = network;
  await expect(run(guidedBy(blind, pgd({ steps: 3 })))).rejects.toMatchObject({
    code: 'no-gradient',
  });
});
