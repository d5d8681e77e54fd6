import { describe, expect, it } from 'vitest';
import {
  argmaxRows,
  float32Tensor,
  oneHotLogits,
  type Classifier,
  type Norm,
  type Region,
} from '@floatpath/core';
import { linearClassifier, randomMlp, type PlainClassifier } from '../test/classifiers.js';
import type { SearchAttack } from './attack.js';
import { autoAttack } from './auto-attack.js';
import { autoAttackEntries } from './auto-attack-versions.js';
import { attackLedger } from './ledger.js';
import { fgsm } from './fgsm.js';
import { hopSkipJump } from './hop-skip-jump.js';
import { pgd } from './pgd.js';
import { specificationHash } from './specification-hash.js';
import { square } from './square.js';

const ball = (epsilon: number, norm: Norm = 'linf'): Region => ({ kind: 'ball', norm, epsilon });

function problem(classifier: PlainClassifier, pixels: readonly number[]) {
  const rows = pixels.length / classifier.inputShape.reduce((a, b) => a * b, 1);
  const x = float32Tensor([rows, ...classifier.inputShape], pixels);
  const z = classifier.logitsNow(x).data;
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const own = [...z.subarray(row * classifier.classes, (row + 1) * classifier.classes)];
    return own.indexOf(Math.max(...own));
  });
  return {
    x,
    criterion: { kind: 'untargeted', labels } as const,
    options: { seed: 0, images: Uint32Array.from(labels.keys()), batchSize: 16 },
  };
}

const codes = (warnings: readonly { readonly code: string }[]): string[] =>
  warnings.map(({ code }) => code);

describe('versions', () => {
  const ids = (version: 'standard' | 'plus' | 'rand', norm: Norm): string[] =>
    autoAttackEntries(version, { norm, classes: 10, criterion: 'untargeted' }).map(({ id }) => id);

  it('have the attacks of the paper, in its order', () => {
    expect(ids('standard', 'linf')).toEqual(['apgd-ce', 'apgd-t', 'fab-t', 'square']);
    expect(ids('plus', 'l2')).toEqual(['apgd-ce', 'apgd-dlr', 'fab', 'square', 'apgd-t', 'fab-t']);
    expect(ids('rand', 'l1')).toEqual(['apgd-ce', 'apgd-dlr']);
  });

  it('come in from large radii in l1, from five starts', () => {
    const place = { classes: 10, criterion: 'untargeted' } as const;
    const [first, second] = autoAttackEntries('standard', { ...place, norm: 'l1' });
    expect(first?.attack.name).toBe('5 x apgd(100 iterations, cross-entropy, large radii in l1)');
    expect(second?.attack.name).toBe('apgdTargeted(5 targets, 100 iterations, large radii in l1)');
  });
});

it('accounts for every row, and says what it ran, with its hash', async () => {
  const classifier = randomMlp(12, [6], 4);
  const pixels = Array.from({ length: 48 }, (_, i) => ((i * 37) % 101) / 100);
  const { x, criterion, options } = problem(classifier, pixels);
  const account = await autoAttack().ledger(classifier, x, criterion, ball(0.15), options);
  expect(account.specification).toBe(
    'autoAttack(standard): apgd(100 iterations, cross-entropy); apgdTargeted(3 targets, 100 iterations); fabTargeted(3 targets, 100 iterations); square(5000 queries, first share 0.8)',
  );
  expect(account.hash).toBe(await specificationHash(account.specification));
  const { columns, result } = account;
  columns.forEach(({ tried, broken }, at) => {
    const next = columns[at + 1];
    if (next !== undefined) {
      expect(next.tried).toEqual(tried.filter((row) => !broken.includes(row)));
    }
  });
  const broken = columns.flatMap((column) => column.broken).sort((a, b) => a - b);
  const statuses = result.rows.map(({ status }) => status);
  expect(broken).toEqual([...statuses.keys()].filter((row) => statuses[row] === 'success'));
  expect(broken.length).toBeGreaterThan(0);
  expect(statuses).toContain('failed');
  expect(codes(result.warnings)).toEqual([]);
});

it.each([2, 3])('falls back where %i classes are too few, and says so', async (classes) => {
  const classifier = randomMlp(8, [4], classes);
  const { x, criterion, options } = problem(classifier, [0.1, 0.9, 0.4, 0.3, 0.6, 0.2, 0.8, 0.5]);
  for (const version of ['standard', 'rand'] as const) {
    const account = await autoAttack({ version }).ledger(
      classifier,
      x,
      criterion,
      ball(0.3),
      options,
    );
    expect(codes(account.result.warnings)).toContain('few-classes');
  }
});

it('hashes as FIPS 180 says', async () => {
  expect(await specificationHash('abc')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

it('takes no rows', async () => {
  const classifier = randomMlp(8, [4], 4);
  const { x, criterion, options } = problem(classifier, []);
  const { result, columns } = await autoAttack().ledger(
    classifier,
    x,
    criterion,
    ball(0.3),
    options,
  );
  expect(result.rows).toEqual([]);
  expect(columns.every(({ tried }) => tried.length === 0)).toBe(true);
});

describe('warnings', () => {
  // Class 0 iff x0 > .5; row 0 is .1 from the boundary, row 1 is .45 from it.
  const honest = linearClassifier([2], [10, 0, -10, 0, 0, 0, 0, 0], [-5, 5, -40, -50]);
  const rows = [0.6, 0.5, 0.95, 0.5];

  it('clean models raise none', async () => {
    const { x, criterion, options } = problem(honest, rows);
    const { result, inconclusive } = await autoAttack().ledger(
      honest,
      x,
      criterion,
      ball(0.2),
      options,
    );
    expect(result.rows.map(({ status }) => status)).toEqual(['success', 'failed']);
    expect(codes(result.warnings)).toEqual([]);
    expect(inconclusive).toEqual([]);
  });

  it('a model whose gradients vanish is not called robust', async () => {
    const masked: PlainClassifier = {
      ...honest,
      gradient: async (x, objective) => {
        const { logits } = await honest.gradient(x, objective);
        return { logits, gradient: float32Tensor(x.shape) };
      },
    };
    const { x, criterion, options } = problem(honest, rows);
    const account = await autoAttack().ledger(masked, x, criterion, ball(0.2), options);
    expect(codes(account.result.warnings)).toEqual(
      expect.arrayContaining(['zero-gradient', 'score-based-beats-gradient']),
    );
    expect(account.result.rows[0]?.status).toBe('success');
    expect(account.inconclusive).toEqual([1]);
  });

  it('a model that answers at random', async () => {
    let calls = 0;
    const moody: Classifier = {
      ...honest,
      logits: async (x) => {
        const { shape, data } = await honest.logits(x);
        calls += 1;
        return float32Tensor(
          shape,
          data.map((z) => z + (calls % 2) * 0.1 * Math.abs(z)),
        );
      },
    };
    const { x, criterion, options } = problem(honest, rows);
    const entries = [{ id: 'pgd', attack: pgd({ steps: 100, objective: 'margin' }) }];
    const { result } = await attackLedger(entries, moody, x, criterion, ball(0.2), options);
    expect(codes(result.warnings)).toEqual(['randomized-output']);
  });

  it('a model that ends in Softmax, and inputs in normalized units', async () => {
    const soft: Classifier = {
      ...honest,
      bounds: [-2.1, 2.6],
      logits: (x) =>
        Promise.resolve(
          float32Tensor(
            [x.shape[0] ?? 0, 4],
            [...x.data].flatMap((v, i) => (i % 2 === 0 ? [v, 1 - v, 0, 0] : [])),
          ),
        ),
    };
    const { x, criterion, options } = problem(honest, rows);
    const entries = [{ id: 'square', attack: square({ queries: 50 }) }];
    const { result } = await attackLedger(entries, soft, x, criterion, ball(0.03), options);
    expect(codes(result.warnings)).toEqual(['softmax-output', 'normalized-epsilon', 'weak-budget']);
  });

  it('a model that says labels alone, to attacks that see more', async () => {
    const labels: Classifier = {
      inputShape: honest.inputShape,
      classes: honest.classes,
      bounds: honest.bounds,
      logits: async (x) => oneHotLogits(argmaxRows(await honest.logits(x)), honest.classes),
    };
    const { x, criterion, options } = problem(honest, rows);
    const warned = async (attack: SearchAttack) => {
      const entries = [{ id: 'it', attack }];
      return codes(
        (await attackLedger(entries, labels, x, criterion, ball(0.2), options)).result.warnings,
      );
    };
    expect(await warned(square({ queries: 50 }))).toEqual(['labels-only']);
    expect(await warned(hopSkipJump({ queries: 50 }))).toEqual([]);
  });

  it('a budget that proves little', async () => {
    const { x, criterion, options } = problem(honest, rows);
    const entries = [{ id: 'fgsm', attack: fgsm() }];
    const { result } = await attackLedger(entries, honest, x, criterion, ball(0.2), options);
    expect(codes(result.warnings)).toEqual(['weak-budget']);
  });
});

it('a ledger needs entries with names of their own', async () => {
  const { x, criterion, options } = problem(randomMlp(1, [2], 3), [0.5, 0.5]);
  const twice = [
    { id: 'a', attack: fgsm() },
    { id: 'a', attack: square() },
  ];
  await expect(
    attackLedger(twice, randomMlp(1, [2], 3), x, criterion, ball(0.1), options),
  ).rejects.toThrow('different ids');
});
