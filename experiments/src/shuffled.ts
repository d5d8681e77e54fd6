import { fillUniform } from '@floatpath/core';

/** 0 .. count - 1 in an order of its own per epoch. */
export function shuffled(count: number, seed: number, epoch: number): readonly number[] {
  const keys = new Float64Array(count);
  fillUniform(keys, { seed, purpose: 'calibration', image: 0, draw: epoch, lane: 3 });
  return Array.from(keys, (key, i) => ({ key, i }))
    .sort((a, b) => a.key - b.key)
    .map(({ i }) => i);
}
