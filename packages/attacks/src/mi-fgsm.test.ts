import { expect, it } from 'vitest';
import { float32Tensor } from '@floatpath/core';
import { classifierOf } from '../test/classifiers.js';
import { bim } from './bim.js';
import { miFgsm } from './mi-fgsm.js';

/** One input; class 1 wins above .8, and z_1 - z_0 dips between .55 and .65: slopes there point back. */
const dip = classifierOf([1], 2, {
  logits: ([x = 0]) => Float64Array.of(0, x < 0.55 ? x - 0.8 : x < 0.65 ? 0.3 - x : x - 0.8),
  gradient: ([x = 0], c) => Float64Array.of((c[1] as number) * (x < 0.55 || x >= 0.65 ? 1 : -1)),
});

it('momentum carries over a dip that stops the basic iterative method', async () => {
  const x = float32Tensor([1, 1], [0.25]);
  const status = async (attack: ReturnType<typeof bim>) => {
    const { rows } = await attack.run(
      dip,
      x,
      { kind: 'untargeted', labels: Int32Array.of(0) },
      { kind: 'ball', norm: 'linf', epsilon: 0.7 },
      { seed: 0, images: Uint32Array.of(0), batchSize: 4 },
    );
    return rows[0]?.status;
  };
  const options = { steps: 40, relativeStep: 1 / 14, objective: 'margin' } as const;
  expect(await status(bim(options))).toBe('failed');
  expect(await status(miFgsm({ ...options, momentum: 0 }))).toBe('failed');
  expect(await status(miFgsm(options))).toBe('success');
});

it('refuses meaningless settings', () => {
  expect(() => bim({ steps: 0 })).toThrow('bim: expected steps');
  expect(() => miFgsm({ relativeStep: 0 })).toThrow('miFgsm: expected relativeStep');
  expect(() => miFgsm({ momentum: -1 })).toThrow('miFgsm: expected momentum');
});
