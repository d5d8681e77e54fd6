import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attack } from '@floatpath/core';
import {
  apgd,
  apgdTargeted,
  attackOf,
  bim,
  carliniWagnerL2,
  carliniWagnerLinf,
  deepFool,
  distance,
  eotPgd,
  fab,
  fabTargeted,
  fgsm,
  hopSkipJump,
  miFgsm,
  minimalEpsilon,
  pgd,
  rays,
  restarts,
  square,
  worstOf,
} from '../../src/index.js';
import { fillStart } from '../../src/starts.js';
import { roundTowardFloat32 } from '../../src/ulp.js';
import {
  ignoresItsBatch,
  isNeverWorseThanClean,
  runOn,
  staysAtEpsilonZero,
  staysInside,
  tellsTheTruth,
} from '../laws.js';
import { scenarios, type Scenario } from '../scenarios.js';

/** A new attack is one row. `smoothed` ones judge rows by their own draws: see eot-pgd.test.ts for what they tell. */
const attacks: readonly { readonly attack: Attack; readonly smoothed?: true }[] = [
  { attack: fgsm() },
  { attack: fgsm({ objective: 'margin' }) },
  { attack: pgd({ steps: 7 }) },
  { attack: pgd({ steps: 5, relativeStep: 0.3, objective: 'margin', randomStart: false }) },
  { attack: pgd({ steps: 4, objective: 'dlr' }) },
  { attack: restarts(pgd({ steps: 3, objective: 'margin' }), 3) },
  { attack: worstOf(fgsm(), restarts(pgd({ steps: 3 }), 2)) },
  { attack: apgd({ iterations: 10 }) },
  { attack: apgd({ iterations: 8, objective: 'dlr', eotIterations: 2, largeRadii: true }) },
  { attack: apgdTargeted({ iterations: 6, targets: 2 }) },
  { attack: square({ queries: 40 }) },
  { attack: restarts(square({ queries: 10, firstShare: 0.3 }), 2) },
  { attack: fab({ iterations: 6 }) },
  { attack: restarts(fab({ iterations: 4 }), 2) },
  { attack: fabTargeted({ iterations: 5, targets: 2 }) },
  { attack: bim({ steps: 4 }) },
  { attack: miFgsm({ steps: 4, objective: 'margin' }) },
  { attack: deepFool({ steps: 5 }) },
  {
    attack: carliniWagnerL2({ iterations: 5, searchSteps: 3, learningRate: 0.1, firstConstant: 1 }),
  },
  { attack: carliniWagnerLinf({ iterations: 2, learningRate: 0.3 }) },
  { attack: hopSkipJump({ queries: 60, firstLabels: 10 }) },
  { attack: restarts(hopSkipJump({ queries: 25, firstLabels: 5 }), 2) },
  { attack: rays({ queries: 60 }) },
  { attack: minimalEpsilon(restarts(pgd({ steps: 3 }), 2), { steps: 3 }) },
  { attack: eotPgd({ sigma: 0.1, draws: 3, steps: 3, checkDraws: 9 }), smoothed: true },
  {
    attack: restarts(eotPgd({ sigma: 0.2, draws: 2, steps: 2, checkDraws: 5 }), 2),
    smoothed: true,
  },
];

type Law = (attack: Attack, scenario: Scenario) => Promise<void>;

const holds = (law: Law, attack: Attack, numRuns = 25): Promise<void> =>
  Promise.resolve(
    fc.assert(
      fc.asyncProperty(scenarios, (scenario) => law(attack, scenario)),
      { numRuns },
    ),
  );

describe.each(attacks)('$attack.name', ({ attack }) => {
  it('stays inside ball and bounds, strictly', () => holds(staysInside, attack));
  it('gives the same bits whatever the batch', () => holds(ignoresItsBatch, attack, 15));
  it('leaves x at epsilon 0', () => holds(staysAtEpsilonZero, attack, 10));
});

describe.each(attacks.filter(({ smoothed }) => smoothed === undefined))(
  '$attack.name',
  ({ attack }) => {
    it('reports what the returned rows do', () => holds(tellsTheTruth, attack));
    it('is never worse than clean', () => holds(isNeverWorseThanClean, attack));
    it('is contained in worstOf, in either place', async () => {
      await holds(
        containedIn((other) => worstOf(attack, other)),
        attack,
        12,
      );
      await holds(
        containedIn((other) => worstOf(other, attack)),
        attack,
        12,
      );
    });
  },
);

function containedIn(combine: (other: Attack) => Attack): Law {
  return async (attack, scenario) => {
    const alone = await runOn(attack, scenario);
    const together = await runOn(combine(fgsm()), scenario);
    alone.rows.forEach(({ status }, row) => {
      if (status === 'success') expect(together.rows[row]?.status).toBe('success');
    });
  };
}

/** The law fails, and because of what it says. */
const noticed = (law: Law, attack: Attack, reason: RegExp): Promise<void> =>
  expect(holds(law, attack)).rejects.toMatchObject({
    cause: { message: expect.stringMatching(reason) as string },
  });

/** Moves every coordinate of linf rows onto the upper face as `faceOf` computes it. */
function pushedToTheFace(faceOf: (x: number, epsilon: number) => number): Attack {
  return {
    name: 'pushed to the face',
    async run(classifier, x, criterion, region, options) {
      const result = await fgsm().run(classifier, x, criterion, region, options);
      if (region.kind !== 'ball' || region.norm !== 'linf') return result;
      const data = x.data.map((v) => Math.min(1, faceOf(v, region.epsilon)));
      const size = data.length / result.rows.length;
      const rows = result.rows.map((row, i) => {
        const own = [data, x.data].map((all) => all.subarray(i * size, (i + 1) * size));
        return { ...row, distance: distance(own[0] ?? data, own[1] ?? data, 'linf') };
      });
      return { ...result, adversarial: { ...result.adversarial, data }, rows };
    },
  };
}

describe('the laws notice', () => {
  it('a projection without the step of one ulp', async () => {
    await holds(staysInside, pushedToTheFace(roundTowardFloat32));
    const rounding = pushedToTheFace((x, epsilon) => Math.fround(x + epsilon));
    await noticed(staysInside, rounding, /less than or equal/);
  });

  it('an attack keyed by row position', async () => {
    const positional: Attack = {
      name: 'keyed by position',
      run: (classifier, x, criterion, region, options) =>
        pgd({ steps: 3 }).run(classifier, x, criterion, region, {
          ...options,
          images: Uint32Array.from(options.images.keys()),
        }),
    };
    await noticed(ignoresItsBatch, positional, /deeply equal/);
  });

  it('a success that was never checked', async () => {
    const boasting: Attack = {
      name: 'boasting',
      async run(...problem) {
        const result = await fgsm().run(...problem);
        return { ...result, rows: result.rows.map((row) => ({ ...row, status: 'success' })) };
      },
    };
    await noticed(tellsTheTruth, boasting, /to be/);
  });

  it('a last point returned in place of the best one', async () => {
    const careless = attackOf({
      name: 'careless',
      randomized: true,
      sees: 'logits',
      cost: () => ({ forward: 1, backward: 0 }),
      // eslint-disable-next-line require-yield -- asks nothing on purpose
      *search({ x, set, seed, image }) {
        const point = x.slice();
        fillStart(point, set, { seed, purpose: 'attack', image, draw: 0 });
        return { x: point, score: 0, found: false, zeroGradient: false };
      },
    });
    await holds(tellsTheTruth, careless);
    await noticed(isNeverWorseThanClean, careless, /greater than or equal/);
  });
});
