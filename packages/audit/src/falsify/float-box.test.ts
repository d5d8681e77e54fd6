import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floatBox } from './float-box.js';

const pair = fc
  .tuple(
    fc.double({ min: -1e30, max: 1e30, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([low, width]) => [low, low + width * Math.abs(low) * 1e-7] as const);

describe('floatBox', () => {
  test('every float32 point of it states numbers of the box, that are rounded to the point', () => {
    let pinned = 0;
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 4 }), (pairs) => {
        const low = Float64Array.from(pairs, ([from]) => from);
        const high = Float64Array.from(pairs, ([, to]) => to);
        const box = floatBox({ low, high });
        for (const x of [box.low, box.high]) {
          const stated = box.stated(x);
          stated.forEach((value, i) => {
            expect(value).toBeGreaterThanOrEqual(low[i] as number);
            expect(value).toBeLessThanOrEqual(high[i] as number);
            expect(Math.fround(value)).toBe(x[i]);
            if (value !== x[i]) pinned += 1;
          });
        }
      }),
    );
    // Intervals without a float32 value must occur.
    expect(pinned).toBeGreaterThan(10);
  });

  test('takes the outermost float32 values inside', () => {
    const { low, high } = floatBox({
      low: Float64Array.of(-0.1, 0),
      high: Float64Array.of(0.1, 0),
    });
    expect([...low]).toEqual([-0.09999999403953552, 0]);
    expect([...high]).toEqual([0.09999999403953552, 0]);
  });
});
