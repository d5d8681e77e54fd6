import type { AttackLedger } from '@floatpath/attacks';
import { float32Tensor } from '@floatpath/core';
import { expect, test } from 'vitest';
import { attackLines } from '../src/index.js';

const warning = (rows: readonly number[]) =>
  ({ code: 'zero-gradient', message: 'rows met a gradient of exactly zero', rows }) as const;

test('a row that several attacks warn of is counted once, and the radius is told as it is written', () => {
  const ledger: AttackLedger = {
    columns: [],
    result: {
      adversarial: float32Tensor([3, 1]),
      rows: [0, 1, 2].map(() => ({ status: 'failed', predicted: 0, distance: 0 }) as const),
      queries: { forward: 1, backward: 1 },
      warnings: [warning([0, 2]), warning([2]), warning([0, 2])],
    },
    inconclusive: [],
  };
  const lines = (ids: number) =>
    attackLines(ledger, new Uint32Array(ids), { norm: 'linf', seed: 0, epsilon: 8 / 255 });
  expect(lines(3)[0]).toBe('linf <= 8/255, seed 0');
  expect(lines(3).at(-1)).toBe(
    'warning zero-gradient (2 rows): rows met a gradient of exactly zero',
  );
});
