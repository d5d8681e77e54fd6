import { expect, it } from 'vitest';
import { float32Tensor } from '@floatpath/core';
import { attackTable, attackTableLines, robustAccuracy, successRate } from './attack-table.js';
import type { AttackLedger } from './ledger.js';

const row = (status: 'success' | 'failed' | 'already-wrong') => ({
  status,
  predicted: 1,
  distance: 0,
});
const column = (id: string, tried: number[], broken: number[]) => ({
  id,
  name: `${id}()`,
  sees: 'gradients' as const,
  tried,
  broken,
  queries: { forward: 10, backward: 9 },
  warnings: [],
});

/** Six rows: wrong before, broken by either attack, robust, inconclusive, robust. */
const ledger: AttackLedger = {
  columns: [column('first', [0, 1, 2, 3, 4, 5], [1]), column('second', [2, 3, 4, 5], [2])],
  result: {
    adversarial: float32Tensor([6, 1]),
    rows: (['already-wrong', 'success', 'success', 'failed', 'failed', 'failed'] as const).map(row),
    queries: { forward: 20, backward: 18 },
    warnings: [],
  },
  inconclusive: [4],
};

it('counts every row once, with both denominators', () => {
  const table = attackTable(ledger, Uint32Array.of(10, 11, 12, 13, 14, 15));
  expect(table.rows.map(({ outcome }) => outcome)).toEqual([
    'already-wrong',
    'broken',
    'broken',
    'robust',
    'inconclusive',
    'robust',
  ]);
  expect(table.rows.map(({ brokenBy }) => brokenBy)).toEqual([
    undefined,
    'first',
    'second',
    undefined,
    undefined,
    undefined,
  ]);
  expect(table).toMatchObject({ all: 6, right: 5, broken: 2, inconclusive: 1, robust: 2 });
  expect(table.columns.map(({ left }) => left)).toEqual([4, 3]);
  expect(robustAccuracy(table)).toBe(2 / 6);
  expect(successRate(table)).toBe(2 / 5);
  expect(attackTableLines(table)).toEqual([
    'attack  tried  broken  left  gradients  forward',
    'first       5       1     4          9       10',
    'second      4       1     3          9       10',
    '',
    'right before the attack   5 of 6',
    'broken                    2 of 6, 2 of the 5 that were right',
    'inconclusive              1 of 6, counted neither as broken nor as robust',
    'still right               2 of 6 at most, 2 of the 5 that were right',
  ]);
});

it('of no rows there is no share', () => {
  const none = { ...ledger, columns: [], inconclusive: [], result: { ...ledger.result, rows: [] } };
  const table = attackTable(none, new Uint32Array(0));
  expect([robustAccuracy(table), successRate(table)]).toEqual([undefined, undefined]);
  expect(() => attackTable(ledger, new Uint32Array(2))).toThrow('expected 6 image ids');
});
