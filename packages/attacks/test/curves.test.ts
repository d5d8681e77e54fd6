import { describe, expect, it } from 'vitest';
import type { Norm } from '@floatpath/core';
import { apgdAscent } from '../src/apgd-ascent.js';
import { attackOf, bim, miFgsm, type Problem, type SearchAttack } from '../src/index.js';
import {
  gapOf,
  looksOf,
  lossesOf,
  networkOf,
  readGolden,
  type GoldenNetwork,
} from './golden-curves.js';

interface Suite {
  readonly network: GoldenNetwork;
  readonly settings: {
    readonly bim: { steps: number; relativeStep: number };
    readonly miFgsm: { steps: number; relativeStep: number; momentum: number };
    readonly apgd: { iterations: number };
  };
  readonly cases: readonly {
    readonly x: number[];
    readonly label: number;
    readonly norm: Norm;
    readonly epsilon: number;
    readonly start: number[];
    readonly curves: Readonly<Record<'bim' | 'mi-fgsm' | 'apgd', number[]>>;
  }[];
}

const suite = readGolden<Suite>('curves.json');
const network = networkOf(suite.network, [6]);

/** The loss of every point that a search looks at. */
async function curveOf(attack: SearchAttack, at: Suite['cases'][number]): Promise<number[]> {
  const region = { kind: 'ball', norm: at.norm, epsilon: at.epsilon } as const;
  return lossesOf((await looksOf(attack, network, { ...at, region })).looks);
}

const fromStart = (start: readonly number[]): SearchAttack =>
  attackOf({
    name: 'apgd from a given start',
    randomized: false,
    sees: 'gradients',
    cost: () => ({ forward: 0, backward: 0 }),
    *search(problem: Problem) {
      const { best } = yield* apgdAscent({
        problem,
        set: problem.set,
        start: Float32Array.from(start),
        iterations: suite.settings.apgd.iterations,
        goal: problem.goal,
        loss: 'cross-entropy',
        copies: 1,
      });
      return best;
    },
  });

describe.each(suite.cases.map((at, index) => ({ at, index })))('case $index', ({ at }) => {
  it.each([
    { name: 'bim', attack: bim(suite.settings.bim) },
    { name: 'mi-fgsm', attack: miFgsm(suite.settings.miFgsm) },
    { name: 'apgd', attack: fromStart(at.start) },
  ] as const)('$name climbs as the independent implementation does', async ({ name, attack }) => {
    const curve = await curveOf(attack, at);
    const golden = at.curves[name];
    // Points are rounded to float32
    // at every step, 2^-24 of at most 1, against slopes below 10.
    expect(curve.length).toBeGreaterThan(1);
    expect(curve.length).toBeLessThanOrEqual(golden.length);
    expect(gapOf(curve, golden)).toBeLessThan(1e-4);
  });
});

it('all cases run their full length', async () => {
  const full = await Promise.all(
    suite.cases.map(
      async (at) => (await curveOf(fromStart(at.start), at)).length === at.curves.apgd.length,
    ),
  );
  expect(full.filter(Boolean).length).toBe(suite.cases.length);
});

it('the comparison notices another momentum', async () => {
  const other = miFgsm({ ...suite.settings.miFgsm, momentum: 0.5 });
  const gaps = await Promise.all(
    suite.cases.map(async (at) => gapOf(await curveOf(other, at), at.curves['mi-fgsm'])),
  );
  expect(Math.max(...gaps)).toBeGreaterThan(2e-3);
});
