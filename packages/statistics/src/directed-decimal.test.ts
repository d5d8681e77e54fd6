import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundDown, roundUp } from './directed-decimal.js';

describe('directed rounding', () => {
  it('rounds towards less and towards more', () => {
    expect(roundDown(0.1 + 0.2, 2)).toBe('0.30');
    expect(roundUp(0.1 + 0.2, 2)).toBe('0.31');
    expect(roundDown(0.9999, 3)).toBe('0.999');
    expect(roundDown(-0.25, 1)).toBe('-0.3');
    expect(roundUp(-0.25, 1)).toBe('-0.2');
    expect(roundUp(1.5e-7, 3)).toBe('0.001');
    expect(roundDown(1e21, 1)).toBe('1000000000000000000000.0');
    expect(roundDown(2.5, 0)).toBe('2');
    expect(roundUp(-0.04, 1)).toBe('0.0');
  });

  it('leaves exact decimals alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: 0, max: 6 }),
        (units, digits) => {
          const value = Number(`${units}e-${digits}`);
          expect(Number(roundDown(value, digits))).toBe(value + 0);
          expect(roundUp(value, digits)).toBe(roundDown(value, digits));
        },
      ),
    );
  });

  it('brackets the number by less than one unit, and reads back on its side', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 0, max: 8 }),
        (value, digits) => {
          const down = Number(roundDown(value, digits));
          const up = Number(roundUp(value, digits));
          expect(down).toBeLessThanOrEqual(value);
          expect(up).toBeGreaterThanOrEqual(value);
          // One unit of the last decimal, plus the rounding of the two values read back.
          expect(up - down).toBeLessThanOrEqual(10 ** -digits + 1e-9);
        },
      ),
    );
  });

  it('refuses what has no decimals', () => {
    expect(() => roundDown(NaN, 2)).toThrow('roundDown: expected a finite number, got NaN');
    expect(() => roundUp(1, 0.5)).toThrow(
      'roundUp: expected digits an integer in [0, 20], got 0.5',
    );
  });
});
