import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextFloat32, roundTowardFloat32 } from './ulp.js';

const finite = fc.float({
  noNaN: true,
  noDefaultInfinity: true,
  min: Math.fround(-1e30),
  max: Math.fround(1e30),
});

it('nextFloat32: nothing lies between, and the way back leads home', () => {
  expect(nextFloat32(0, 1)).toBe(2 ** -149);
  expect(nextFloat32(0, -1)).toBe(-(2 ** -149));
  expect(nextFloat32(1, 2)).toBe(1 + 2 ** -23);
  expect(nextFloat32(1, 0)).toBe(1 - 2 ** -24);
  expect(nextFloat32(-1, 0)).toBe(-1 + 2 ** -24);
  fc.assert(
    fc.property(finite, finite, (from, to) => {
      fc.pre(from !== to);
      const next = nextFloat32(from, to);
      expect(Math.sign(next - from)).toBe(Math.sign(to - from));
      const middle = Math.fround((next + from) / 2);
      expect(middle === next || middle === from).toBe(true);
      expect(nextFloat32(next, from) === from).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('roundTowardFloat32: never longer than the offset, short of it by less than one ulp', () => {
  fc.assert(
    fc.property(
      fc.float({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (x, offset) => {
        const v = roundTowardFloat32(x, offset);
        expect(Math.abs(v - x)).toBeLessThanOrEqual(Math.abs(offset));
        fc.pre(offset !== 0);
        const further = nextFloat32(v, offset > 0 ? Infinity : -Infinity);
        expect(Math.abs(further - x)).toBeGreaterThan(Math.abs(offset) * (1 - 2 ** -50));
      },
    ),
    { numRuns: 2000 },
  );
});
