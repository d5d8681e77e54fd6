import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from './holm.js';

describe('holm', () => {
  it('adjusts the worked example of the four tests .01 .04 .03 .005', () => {
    // Sorted: 4 * .005, 3 * .01, 2 * .03, then max(.06, .04).
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('keeps the order of the p-values, never lowers one, and never exceeds Bonferroni', () => {
    const pValue = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(pValue, { maxLength: 12 }), (pValues) => {
        const adjusted = holm(pValues);
        pValues.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p * pValues.length));
          pValues.forEach((other, j) => {
            if (p <= other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? NaN);
          });
        });
      }),
    );
  });

  it('refuses what is no probability', () => {
    expect(() => holm([0.5, NaN])).toThrow('holm: expected p-values in [0, 1], got NaN');
  });
});
