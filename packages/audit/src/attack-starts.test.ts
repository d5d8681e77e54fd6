import { float32Tensor } from '@floatpath/core';
import { expect, it } from 'vitest';
import { attackStarts } from './attack-starts.js';

const count = 30;
const starts = attackStarts({
  images: float32Tensor(
    [count, 1],
    Array.from({ length: count }, (_, i) => i / count),
  ),
  labels: Int32Array.from({ length: count }, (_, i) => i % 2),
  ids: Uint32Array.from({ length: count }, (_, i) => i),
});

it('gives the ten nearest images of the target, the nearest first', () => {
  const near = starts({
    image: 99,
    goal: { kind: 'label', label: 0, target: 1 },
    x: Float32Array.of(0),
  });
  expect(near.map(([v = NaN]) => Math.round(v * count))).toEqual([
    1, 3, 5, 7, 9, 11, 13, 15, 17, 19,
  ]);
});

it('gives none to a row without a target', () => {
  expect(starts({ image: 0, goal: { kind: 'label', label: 0 }, x: Float32Array.of(0) })).toEqual(
    [],
  );
});
