import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { float32Tensor, type Norm } from '@floatpath/core';
import { apgdAscent } from '../src/apgd-ascent.js';
import { attackOf, bim, miFgsm, type Problem, type SearchAttack } from '../src/index.js';
import { logProbability } from '../src/mean-softmax.js';
import { classifierOf } from './classifiers.js';

interface Suite {
  readonly network: Readonly<Record<'W1' | 'W2', number[][]> & Record<'b1' | 'b2', number[]>>;
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

const suite = JSON.parse(
  readFileSync(new URL('golden/curves.json', import.meta.url), 'utf8'),
) as Suite;
const { W1, b1, W2, b2 } = suite.network;

const dot = (a: readonly number[], b: ArrayLike<number>): number =>
  a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
const hidden = (x: ArrayLike<number>): number[] =>
  W1.map((row, i) => dot(row, x) + (b1[i] as number));
const network = classifierOf([6], 4, {
  logits: (x) => {
    const h = hidden(x).map((z) => Math.max(z, 0));
    return Float64Array.from(W2, (row, j) => dot(row, h) + (b2[j] as number));
  },
  gradient: (x, c) => {
    const z = hidden(x);
    const slopes = z.map((v, i) =>
      v > 0
        ? dot(
            W2.map((row) => row[i] as number),
            c,
          )
        : 0,
    );
    return Float64Array.from({ length: 6 }, (_, i) =>
      dot(
        W1.map((row) => row[i] as number),
        slopes,
      ),
    );
  },
});

/** The loss of every point that a search looks at. */
async function curveOf({ spec }: SearchAttack, at: Suite['cases'][number]): Promise<number[]> {
  const seen: number[] = [];
  const watched = attackOf({
    ...spec,
    *search(problem) {
      const search = spec.search(problem);
      let step = search.next();
      while (step.done !== true) {
        const answers = yield step.value;
        for (const { logits } of answers) seen.push(-logProbability(logits, at.label));
        step = search.next(answers);
      }
      return step.value;
    },
  });
  await watched.run(
    network,
    float32Tensor([1, 6], at.x),
    { kind: 'untargeted', labels: Int32Array.of(at.label) },
    { kind: 'ball', norm: at.norm, epsilon: at.epsilon },
    { seed: 0, images: Uint32Array.of(0), batchSize: 1 },
  );
  return seen;
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
    curve.forEach((loss, step) => {
      expect(Math.abs(loss - (golden[step] as number))).toBeLessThan(1e-4);
    });
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
    suite.cases.map(async (at) => {
      const curve = await curveOf(other, at);
      return Math.max(
        ...curve.map((loss, step) => Math.abs(loss - (at.curves['mi-fgsm'][step] ?? 0))),
      );
    }),
  );
  expect(Math.max(...gaps)).toBeGreaterThan(2e-3);
});
