import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32Tensor, type Region } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { runOn } from '../test/laws.js';
import { scenarios } from '../test/scenarios.js';
import { checkAttack, type ClaimedAttack } from './check.js';
import { fab } from './fab.js';
import { hopSkipJump } from './hop-skip-jump.js';
import { onGrid, roundedToGrid } from './on-grid.js';
import { pgd } from './pgd.js';
import { rays } from './rays.js';

/** Class 0 iff x0 > .5, up to the tie. */
const line = linearClassifier([1], [1, -1], [-0.5, 0.5]);
const ball = (epsilon: number): Region => ({ kind: 'ball', norm: 'linf', epsilon });

const claim = (from: number[], to: number[], epsilon: number): ClaimedAttack => ({
  x: float32Tensor([from.length, 1], from),
  adversarial: float32Tensor([to.length, 1], to),
  criterion: { kind: 'untargeted', labels: new Int32Array(from.length) },
  region: ball(epsilon),
});

describe('checkAttack', () => {
  it('tells what holds from what is claimed', async () => {
    const from = [0.55, 0.55, 0.55, 0.55, 0.4];
    // Holds; too far; not wrong; out of bounds; wrong before.
    const to = [0.46, 0.3, 0.52, -0.1, 0.35];
    const rows = await checkAttack(line, claim(from, to, 0.1), { batchSize: 2 });
    expect(rows.map(({ holds }) => holds)).toEqual([true, false, false, false, false]);
    expect(rows.map(({ inside }) => inside)).toEqual([true, false, true, false, true]);
    expect(rows.map(({ met }) => met)).toEqual([true, true, false, true, true]);
    expect(rows.map(({ alreadyMet }) => alreadyMet)).toEqual([false, false, false, false, true]);
  });

  it('takes the rounding of others, within the tolerance it names', async () => {
    // .55 - .1 in float32 oversteps .1 by 1.5e-8; this one by 1e-6.
    const rows = (to: number, tolerance: number) =>
      checkAttack(line, claim([0.55], [to], 0.1), { batchSize: 1, tolerance });
    const overstepping = Math.fround(Math.fround(0.55) - Math.fround(0.1)) - 2 ** -25;
    expect((await rows(overstepping, 1e-6))[0]?.inside).toBe(true);
    expect((await rows(overstepping, 0))[0]?.inside).toBe(false);
    expect((await rows(0.449999, 1e-6))[0]?.inside).toBe(false);
  });

  it('fails a row that is not finite, and no other one', async () => {
    const from = [0.55, 0.55, NaN, 0.55];
    const rows = await checkAttack(line, claim(from, [0.46, NaN, 0.46, Infinity], 0.1), {
      batchSize: 2,
    });
    expect(rows.map(({ holds }) => holds)).toEqual([true, false, false, false]);
    expect(rows.map(({ finite }) => finite)).toEqual([true, false, false, false]);
    const silent = { ...line, logits: async () => float32Tensor([1, 2], [NaN, NaN]) };
    const [row] = await checkAttack(silent, claim([0.55], [0.46], 0.1), { batchSize: 1 });
    expect(row).toMatchObject({ finite: false, holds: false });
  });

  it('says which rows do not survive 8 bits', async () => {
    // 127.6 / 255 > .5 rounds to 128; 127.4 / 255 < .5 rounds to 127 / 255 < .5.
    const rows = await checkAttack(line, claim([0.6, 0.6], [0.4999, 0.4995], 0.2), {
      batchSize: 4,
    });
    expect(rows.map(({ met }) => met)).toEqual([true, true]);
    expect(rows.map(({ metAfterRounding }) => metAfterRounding)).toEqual([true, true]);
    const tight = linearClassifier([1], [1, -1], [-127.9 / 255, 127.9 / 255]);
    const [row] = await checkAttack(tight, claim([0.6], [127.8 / 255], 0.2), { batchSize: 4 });
    expect(row).toMatchObject({ met: true, metAfterRounding: false });
  });

  it('passes every row that our attacks call a success, without tolerance', () =>
    fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const { adversarial, rows } = await runOn(pgd({ steps: 4, objective: 'margin' }), scenario);
        const { classifier, x, criterion, region } = scenario;
        const options = { batchSize: 3, tolerance: 0 };
        const checked = await checkAttack(
          classifier,
          { x, adversarial, criterion, region },
          options,
        );
        checked.forEach(({ holds, inside, distance }, row) => {
          expect(inside).toBe(true);
          // A targeted row that was wrong before may sit at its target.
          if (rows[row]?.status !== 'already-wrong') {
            expect(holds).toBe(rows[row]?.status === 'success');
          }
          expect(distance).toBe(rows[row]?.distance);
        });
      }),
      { numRuns: 60 },
    ));

  it.each([
    [{ ...claim([0.5], [0.5], 0.1), adversarial: float32Tensor([2, 1]) }, 'shape-mismatch'],
    [
      { ...claim([0.5], [0.5], 0.1), criterion: { kind: 'untargeted', labels: Int32Array.of(7) } },
      'invalid-argument',
    ],
  ] as const)('refuses what cannot be checked', async (bad, code) => {
    await expect(checkAttack(line, bad as ClaimedAttack, { batchSize: 1 })).rejects.toMatchObject({
      code,
    });
  });
});

describe('onGrid', () => {
  it.each([
    pgd({ steps: 4, objective: 'margin' }),
    fab({ iterations: 4 }),
    hopSkipJump({ queries: 40, firstLabels: 8 }),
  ])('returns levels of 8 bits only, inside the region, and judges those: $name', (attack) =>
    fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const levels = scenario.x.data.map((v) => roundedToGrid(v, [0, 1]));
        const { region } = scenario;
        const x = { ...scenario.x, data: levels };
        const grown = (by: number) =>
          float32Tensor(
            x.shape,
            levels.map((v) => v + by),
          );
        const own: Region =
          region.kind === 'ball' ? region : { kind: 'box', low: grown(-0.05), high: grown(0.02) };
        const moved = { ...scenario, x, region: own };
        const { adversarial, rows } = await runOn(onGrid(attack), moved);
        expect(adversarial.data).toEqual(adversarial.data.map((v) => roundedToGrid(v, [0, 1])));
        const checked = await checkAttack(
          scenario.classifier,
          { x, adversarial, criterion: scenario.criterion, region: own },
          { batchSize: 8, tolerance: 0 },
        );
        checked.forEach(({ inside, met, metAfterRounding }, row) => {
          expect(inside).toBe(true);
          expect(metAfterRounding).toBe(met);
          if (rows[row]?.status === 'success') expect(met).toBe(true);
        });
      }),
      { numRuns: 40 },
    ),
  );

  it('fails where only a point between the levels succeeds', async () => {
    const tight = linearClassifier([1], [1, -1], [-127.9 / 255, 127.9 / 255]);
    const x = float32Tensor([1, 1], [Math.fround(128 / 255)]);
    const criterion = { kind: 'untargeted', labels: Int32Array.of(0) } as const;
    const options = { seed: 0, images: Uint32Array.of(0), batchSize: 1 };
    const attack = pgd({ steps: 10, objective: 'margin' });
    const status = async (tried: typeof attack) =>
      (await tried.run(tight, x, criterion, ball(0.5 / 255), options)).rows[0]?.status;
    expect(await status(attack)).toBe('success');
    expect(await status(onGrid(attack))).toBe('failed');
  });

  it.each([rays({ queries: 60 }), fab({ iterations: 5 })])(
    'lengthens what rounding undoes, within the region: $name',
    async (attack) => {
      // The nearest point of another label rounds to level 121, which is of x's own.
      const edge = linearClassifier([1], [1, -1], [-120.7 / 255, 120.7 / 255]);
      const x = float32Tensor([1, 1], [Math.fround(128 / 255)]);
      const criterion = { kind: 'untargeted', labels: Int32Array.of(0) } as const;
      const options = { seed: 0, images: Uint32Array.of(0), batchSize: 1 };
      const at = (epsilon: number) =>
        onGrid(attack).run(edge, x, criterion, ball(epsilon), options);
      const found = await at(9 / 255);
      expect(found.rows[0]?.status).toBe('success');
      expect(found.adversarial.data[0]).toBe(Math.fround(120 / 255));
      expect((await at(7.5 / 255)).rows[0]?.status).toBe('failed');
    },
  );

  it('wants x on the levels', async () => {
    const x = float32Tensor([1, 1], [0.6001]);
    const criterion = { kind: 'untargeted', labels: Int32Array.of(0) } as const;
    const options = { seed: 0, images: Uint32Array.of(5), batchSize: 1 };
    await expect(
      onGrid(pgd({ steps: 2 })).run(line, x, criterion, ball(0.2), options),
    ).rejects.toThrow('expected x on the 256 levels');
  });
});
