import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32Tensor, type Attack } from '@floatpath/core';
import {
  apgd,
  apgdTargeted,
  bim,
  carliniWagnerL2,
  carliniWagnerLinf,
  deepFool,
  fab,
  fabTargeted,
  fgsm,
  hopSkipJump,
  miFgsm,
  pgd,
  rays,
  square,
} from '../../src/index.js';
import { type PlainClassifier } from '../classifiers.js';
import { runOn } from '../laws.js';
import { scenarios, type Scenario } from '../scenarios.js';

const shiftInvariant: readonly Attack[] = [
  fgsm(),
  pgd({ steps: 4 }),
  bim({ steps: 3 }),
  miFgsm({ steps: 3 }),
  apgd({ iterations: 6, objective: 'margin' }),
  apgd({ iterations: 6, objective: 'dlr' }),
  apgdTargeted({ iterations: 4, targets: 2 }),
  fab({ iterations: 4 }),
  fabTargeted({ iterations: 4, targets: 2 }),
  square({ queries: 20 }),
  hopSkipJump({ queries: 30, firstLabels: 5 }),
  rays({ queries: 30 }),
  deepFool({ steps: 4 }),
  carliniWagnerL2({ iterations: 4, searchSteps: 2, learningRate: 0.1, firstConstant: 1 }),
  carliniWagnerLinf({ iterations: 2, learningRate: 0.3 }),
];

const scaleInvariant: readonly Attack[] = [
  apgd({ iterations: 6, objective: 'dlr' }),
  apgdTargeted({ iterations: 4, targets: 2 }),
  pgd({ steps: 4, objective: 'margin' }),
  fab({ iterations: 4 }),
  fabTargeted({ iterations: 4, targets: 2 }),
  square({ queries: 20 }),
  hopSkipJump({ queries: 30, firstLabels: 5 }),
  rays({ queries: 30 }),
  deepFool({ steps: 4 }),
];

/** The scenario's logits as multiples of 2^-8 below 2^8: what a shift by 4096 or a factor of 4 changes is exact in float32. */
function coarse({ classifier, ...rest }: Scenario, shift: number, factor: number): Scenario {
  const on = (data: Float32Array): Float32Array =>
    data.map((z) => {
      const level = Math.min(2 ** 15, Math.max(-(2 ** 15), Math.round(z * 256))) / 256;
      return factor * level + shift;
    });
  const moved: PlainClassifier = {
    ...classifier,
    logits: async (x) => {
      const { shape, data } = await classifier.logits(x);
      return float32Tensor(shape, on(data));
    },
    // The slope of the network before rounding, of a loss that only knows the moved logits.
    gradient: async (x, objective) => {
      const { logits, gradient } = await classifier.gradient(x, objective);
      const steeper = gradient.data.map((slope) => factor * slope);
      return {
        logits: float32Tensor(logits.shape, on(logits.data)),
        gradient: float32Tensor(gradient.shape, steeper),
      };
    },
  };
  return { ...rest, classifier: moved };
}

const unmoved = (attack: Attack, shift: number, factor: number, runs = 20): Promise<void> =>
  Promise.resolve(
    fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const plain = await runOn(attack, coarse(scenario, 0, 1));
        const moved = await runOn(attack, coarse(scenario, shift, factor));
        expect(moved.rows).toEqual(plain.rows);
        expect(moved.adversarial).toEqual(plain.adversarial);
      }),
      { numRuns: runs },
    ),
  );

describe.each(shiftInvariant.map((attack) => ({ attack })))('$attack.name', ({ attack }) => {
  it('does not see a shift of all logits', () => unmoved(attack, 4096, 1));
});

describe.each(scaleInvariant.map((attack) => ({ attack })))('$attack.name', ({ attack }) => {
  it('does not see the scale of the logits', () => unmoved(attack, 0, 4));
});

it('the law notices a hinge on the logits as they are', async () => {
  // What torchattacks' C&W does: max(z_y - max(other, 0), 0).
  const hinged: Attack = {
    name: 'hinged at zero',
    run: (classifier, x, criterion, region, options) =>
      pgd({ steps: 3 }).run(
        {
          ...classifier,
          gradient: async (at, objective) => {
            const answer = await classifier.gradient?.(at, objective);
            if (answer === undefined) throw new Error('no gradient');
            const negative = answer.logits.data.some((z) => z < 0);
            const data = answer.gradient.data.map((slope) => (negative ? -slope : slope));
            return { ...answer, gradient: { ...answer.gradient, data } };
          },
        },
        x,
        criterion,
        region,
        options,
      ),
  };
  await expect(unmoved(hinged, 4096, 1, 100)).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/deeply equal/) as string },
  });
});
