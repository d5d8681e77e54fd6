import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atMost, threeDown, threeUp } from './at-most.js';

it.each([
  [0, '0.0e+0'],
  [7.346e-6, '7.4e-6'],
  [4.8e-6, '4.8e-6'],
  [9.96e-7, '1.0e-6'],
  [9.91e-7, '1.0e-6'],
  [0.0501, '5.1e-2'],
])('%s is at most %s', (value, words) => {
  expect(atMost(value)).toBe(words);
});

it('is never below the number, and at most a tenth above it', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
      const said = Number(atMost(value));
      expect(said >= value && said <= value * 1.1 * (1 + 1e-15)).toBe(true);
    }),
  );
});

it.each([
  [0, '0', '0'],
  [0.11326, '0.113', '0.114'],
  [0.25, '0.250', '0.250'],
  [1.0004, '1.00', '1.01'],
  [1234.5, '1234', '1235'],
])('three digits of %s are %s or %s', (value, down, up) => {
  expect([threeDown(value), threeUp(value)]).toEqual([down, up]);
});
