import { expect, test } from 'vitest';
import { integerGaussian } from './integer-gaussian.js';
import { sharedDraws } from './shared-draws.js';

const noise = integerGaussian({ sigma: 0.5, bounds: [0, 1] });
const request = { seed: 1, purpose: 'estimation', image: 0, from: 0, count: 4, size: 6 } as const;

test('shared draws are the draws, and the very same rows the second time', () => {
  const shared = sharedDraws(noise);
  const first = shared.rows(request);
  expect(first).toEqual(noise.rows(request));
  expect(shared.rows(request)).toBe(first);
  expect(shared.rows({ ...request, from: 4 })).toEqual(noise.rows({ ...request, from: 4 }));
  expect(shared.rows({ ...request, seed: 2 })).toEqual(noise.rows({ ...request, seed: 2 }));
  expect(shared.radius(0.9)).toBe(noise.radius(0.9));
});

test('no more values are kept than were allowed', () => {
  const shared = sharedDraws(noise, { mostValues: 30 });
  const kept = shared.rows(request);
  const beyond = shared.rows({ ...request, from: 4 });
  expect(shared.rows(request)).toBe(kept);
  const again = shared.rows({ ...request, from: 4 });
  expect(again).not.toBe(beyond);
  expect(again).toEqual(beyond);
});

test('a negative number of values is refused', () => {
  expect(() => sharedDraws(noise, { mostValues: -1 })).toThrow('expected mostValues');
});
