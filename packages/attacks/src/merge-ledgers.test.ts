import { expect, it } from 'vitest';
import { argmaxRows, float32Tensor, rowsOf } from '@floatpath/core';
import { randomMlp } from '../test/classifiers.js';
import { attackLedger } from './ledger.js';
import { mergeLedgers } from './merge-ledgers.js';
import { attackNames, namedAttack } from './named-attacks.js';

it('parts merge to the ledger of one call, with every count', async () => {
  const classifier = randomMlp(12, [6], 4);
  const x = float32Tensor(
    [8, 6],
    Array.from({ length: 48 }, (_, i) => ((i * 37) % 101) / 100),
  );
  const labels = argmaxRows(classifier.logitsNow(x));
  const place = { norm: 'l2', classes: 4, criterion: 'untargeted' } as const;
  const entries = [...namedAttack('fgsm', place), ...namedAttack('apgd-ce', place)];
  const ledgerOf = (from: number, to: number) =>
    attackLedger(
      entries,
      classifier,
      rowsOf(x, from, to),
      { kind: 'untargeted', labels: labels.slice(from, to) },
      { kind: 'ball', norm: 'l2', epsilon: 0.2 },
      {
        seed: 3,
        images: Uint32Array.from({ length: to - from }, (_, i) => from + i),
        batchSize: 4,
      },
    );
  const whole = await ledgerOf(0, 8);
  const merged = mergeLedgers([await ledgerOf(0, 3), await ledgerOf(3, 4), await ledgerOf(4, 8)]);
  expect(merged).toEqual(whole);
  expect(whole.columns[0]?.broken.length).toBeGreaterThan(0);
  expect(() => mergeLedgers([])).toThrow('expected ledgers of the same attacks');
});

it('every name is an attack', () => {
  for (const name of attackNames) {
    const entries = namedAttack(name, { norm: 'linf', classes: 10, criterion: 'untargeted' });
    expect(entries.length).toBeGreaterThan(0);
  }
});
