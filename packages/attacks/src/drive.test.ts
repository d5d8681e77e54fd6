import { expect, it } from 'vitest';
import { linearClassifier } from '../test/classifiers.js';
import { driveRows } from './drive.js';
import type { Asking, Query } from './search.js';

/** z = (x, -x): an answer names its question. */
const line = linearClassifier([1], [1, -1], [0, 0]);
const at = (value: number): Query => ({ kind: 'logits', x: Float32Array.of(value) });

/** Row r asks 3 + r questions at once, then a single gradient; says what it was answered. */
function* asking(row: number): Asking<number[]> {
  const many = yield Array.from({ length: 3 + row }, (_, i) => at(10 * row + i));
  const [one] = yield [{ kind: 'margin', x: Float32Array.of(row), label: 0 }];
  return [...many, ...(one === undefined ? [] : [one])].map(({ logits }) => logits[0] as number);
}

it.each([1, 2, 5, 100])(
  'answers in the order of the questions, in batches of %i',
  async (batchSize) => {
    const { results, queries } = await driveRows(line, 4, asking, { batchSize });
    expect(results).toEqual([
      [0, 1, 2, 0],
      [10, 11, 12, 13, 1],
      [20, 21, 22, 23, 24, 2],
      [30, 31, 32, 33, 34, 35, 3],
    ]);
    expect(queries).toEqual({ forward: 3 + 4 + 5 + 6 + 4, backward: 4 });
  },
);

it('sends full batches while rows wait, whatever their questions are', async () => {
  const sizes: number[] = [];
  const watched = {
    ...line,
    logits: (x: Parameters<typeof line.logits>[0]) => {
      sizes.push(x.shape[0] ?? 0);
      return line.logits(x);
    },
  };
  await driveRows(watched, 30, asking, { batchSize: 8 });
  expect(Math.max(...sizes)).toBe(8);
  expect(sizes.slice(0, -2).every((size) => size === 8)).toBe(true);
});
