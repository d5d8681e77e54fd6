import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fisherExact } from './fisher-exact.js';

test.each([
  // The lady tasting tea (Fisher 1935): 3 of 4 right on both sides; p = 34/70.
  [3, 1, 1, 3, 34 / 70],
  // All 4 of 4: both extreme tables, 2/70.
  [4, 0, 0, 4, 2 / 70],
  // Agresti 1992 quotes R's own example, Convictions: 2, 10, 15, 3 gives 0.0005367.
  [2, 10, 15, 3, 0.0005367241],
  [0, 0, 5, 2, 1],
  [0, 7, 0, 2, 1],
])('%i %i / %i %i', (a, b, c, d, p) => {
  expect(fisherExact(a, b, c, d)).toBeCloseTo(p, 9);
});

test('does not care which row or column comes first', () => {
  const count = fc.integer({ min: 0, max: 30 });
  fc.assert(
    fc.property(count, count, count, count, (a, b, c, d) => {
      const p = fisherExact(a, b, c, d);
      expect(fisherExact(c, d, a, b)).toBeCloseTo(p, 9);
      expect(fisherExact(b, a, d, c)).toBeCloseTo(p, 9);
      expect(fisherExact(a, c, b, d)).toBeCloseTo(p, 9);
    }),
  );
});

test('rejects what is no count', () => {
  expect(() => fisherExact(1, -1, 2, 3)).toThrow(RangeError);
});
