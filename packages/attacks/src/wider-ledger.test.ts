import { expect, it } from 'vitest';
import { float32Tensor } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { attackTable } from './attack-table.js';
import { fgsm } from './fgsm.js';
import { attackLedger } from './ledger.js';
import { pgd } from './pgd.js';
import { widerLedger } from './wider-ledger.js';

// Class 0 where the value is above .5: a row breaks as soon as epsilon passes its distance from .5.
const classifier = linearClassifier([1], [1, 0], [0, 0.5]);
const x = float32Tensor([4, 1], [0.55, 0.65, 0.9, 0.4]);
const criterion = { kind: 'untargeted', labels: Int32Array.of(0, 0, 0, 0) } as const;
const entries = [
  { id: 'fgsm', attack: fgsm() },
  { id: 'pgd', attack: pgd({ steps: 5 }) },
];
const options = { seed: 0, images: Uint32Array.of(7, 8, 9, 10), batchSize: 4 };
const ball = (epsilon: number) => ({ kind: 'ball', norm: 'linf', epsilon }) as const;

it('keeps what was broken in the smaller region, and attacks the rest alone', async () => {
  const small = await attackLedger(entries, classifier, x, criterion, ball(0.1), options);
  const wide = await widerLedger(small, entries, classifier, x, criterion, ball(0.2), options);
  const table = attackTable(wide, options.images);
  expect(table.rows.map(({ outcome }) => outcome)).toEqual([
    'broken',
    'broken',
    'robust',
    'already-wrong',
  ]);
  expect(table).toMatchObject({ all: 4, right: 3, broken: 2, robust: 1 });
  expect(wide.columns.map(({ tried, broken }) => [tried, broken])).toEqual([
    [
      [0, 1, 2, 3],
      [0, 1],
    ],
    [[2], []],
  ]);
  // The row of the smaller region as it was; the queries are those of the other two alone.
  expect(wide.result.adversarial.data[0]).toBe(small.result.adversarial.data[0]);
  expect(wide.result.queries.forward).toBeLessThan(small.result.queries.forward);
  const anew = await attackLedger(entries, classifier, x, criterion, ball(0.2), options);
  expect(wide.result.rows.map(({ status }) => status)).toEqual(
    anew.result.rows.map(({ status }) => status),
  );
});
