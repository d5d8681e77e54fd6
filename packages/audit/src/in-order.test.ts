import { expect, test } from 'vitest';
import { mapInOrder } from './in-order.js';

const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}

test('results keep the order of the items whatever finishes first', async () => {
  const results = mapInOrder([30, 1, 20, 5, 0], 3, async (ms, i) => {
    await later(ms);
    return i;
  });
  expect(await collect(results)).toEqual([0, 1, 2, 3, 4]);
});

test('no more than `parallel` are at work', async () => {
  let working = 0;
  let most = 0;
  await collect(
    mapInOrder(Array.from({ length: 9 }), 2, async () => {
      working += 1;
      most = Math.max(most, working);
      await later(2);
      working -= 1;
    }),
  );
  expect(most).toBe(2);
});

test('the first error is thrown after those at work have settled, and nothing new starts', async () => {
  const started: number[] = [];
  const settled: number[] = [];
  const results = mapInOrder([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    await later(item === 1 ? 10 : 2);
    settled.push(item);
    if (item === 0) throw new Error('no');
    return item;
  });
  await expect(collect(results)).rejects.toThrow('no');
  expect(started).toEqual([0, 1]);
  expect(settled.sort()).toEqual([0, 1]);
});
