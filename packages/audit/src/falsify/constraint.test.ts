import type { VnnlibConstraint } from '@floatpath/model-io';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from './constraint.js';

const constraint = (
  weights: readonly number[],
  bound: number,
  strict = false,
): VnnlibConstraint => ({
  inputs: [],
  outputs: weights.map((weight, index) => ({ index, weight })),
  bound,
  strict,
});

/** The value of a float64 as a fraction over 2^1074, exact. */
function exact(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const exponent = (bits.getUint16(0) >> 4) & 0x7ff;
  const fraction = bits.getBigUint64(0) & 0xfffffffffffffn;
  const size = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1);
  return value < 0 ? -size : size;
}

describe('holds', () => {
  test('compares two outputs exactly, equal ones included', () => {
    const below = constraint([1, -1], 0);
    expect(holds(below, [], Float32Array.of(0.1, 0.1))).toBe(true);
    expect(holds(constraint([1, -1], 0, true), [], Float32Array.of(0.1, 0.1))).toBe(false);
    expect(holds(below, [], Float32Array.of(0.1, 0.1 - 1e-8))).toBe(false);
  });

  test('is never true of a sum that is above the bound in exact arithmetic', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    let met = 0;
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 5 }),
        fc.double({ min: -2e-9, max: 2e-9, noNaN: true }),
        (values, off) => {
          // A bound near the sum, where rounding decides.
          const bound = values.reduce((sum, value) => sum + value, 0) + off;
          const sum = values.reduce((total, value) => total + exact(value), 0n);
          const claimed = holds(
            constraint(
              values.map(() => 1),
              bound,
            ),
            [],
            values,
          );
          if (claimed) met += 1;
          if (claimed) expect(sum <= exact(bound)).toBe(true);
        },
      ),
    );
    expect(met).toBeGreaterThan(10);
  });
});
