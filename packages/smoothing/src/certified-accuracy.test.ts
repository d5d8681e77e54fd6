import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clopperPearsonLower } from '@floatpath/statistics';
import {
  averageCertifiedRadius,
  ceilingShare,
  certifiedAccuracy,
  type CertifiedRow,
} from './certified-accuracy.js';

const certified = (label: number, radius: number, pLower = 0.9): CertifiedRow => ({
  label: 1,
  certificate: {
    kind: 'certified',
    guarantee: 'unconditional',
    arithmetic: 'grid',
    norm: 'l2',
    label,
    radius,
    pLower,
  },
});
const abstained: CertifiedRow = {
  label: 1,
  certificate: { kind: 'abstain', label: 1, pLower: 0.4 },
};
const rows = [certified(1, 0.25), certified(1, 0.75), certified(2, 5), abstained];

describe('certifiedAccuracy', () => {
  it('counts right labels with at least the radius asked for', () => {
    const curve = certifiedAccuracy(rows, [0, 0.25, 0.26, 1], { alpha: 0.001 });
    expect(curve.map((point) => point.share)).toEqual([0.5, 0.5, 0.25, 0]);
    expect(curve[0]).toMatchObject({ radius: 0, certified: 2, images: 4 });
  });

  it('takes away the certificates that may be wrong, never below 0', () => {
    // P(Bin(4, .001) > 1) = 6e-6 <= .001 < P(Bin(4, .001) > 0).
    const curve = certifiedAccuracy(rows, [0, 1], { alpha: 0.001, rho: 0.001 });
    expect(curve.map((point) => point.corrected)).toEqual([0.25, 0]);
  });

  it('falls with the radius and stays inside its interval', () => {
    const row = fc.record({
      label: fc.integer({ min: 0, max: 2 }),
      radius: fc.double({ min: 0.01, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (items) => {
        const drawn = items.map(({ label, radius }) => certified(label, radius));
        const curve = certifiedAccuracy(drawn, [0, 0.5, 1, 2], { alpha: 0.01 });
        curve.forEach((point, i) => {
          expect(point.share).toBeLessThanOrEqual(curve[i - 1]?.share ?? 1);
          expect(point.corrected).toBeLessThanOrEqual(point.share);
          expect(point.interval[0]).toBeLessThanOrEqual(point.share);
          expect(point.interval[1]).toBeGreaterThanOrEqual(point.share);
        });
        // The area under the curve is the mean radius.
        const mean =
          drawn.reduce(
            (sum, { certificate: c }) =>
              sum + (c.kind === 'certified' && c.label === 1 ? c.radius : 0),
            0,
          ) / drawn.length;
        expect(averageCertifiedRadius(drawn)).toBeLessThanOrEqual(mean);
        expect(averageCertifiedRadius(drawn)).toBeCloseTo(mean, 12);
      }),
    );
  });

  it.each([
    [() => certifiedAccuracy([], [0], { alpha: 0.1 }), 'expected at least one row'],
    [() => certifiedAccuracy(rows, [-1], { alpha: 0.1 }), 'expected radii of at least 0, got -1'],
    [() => certifiedAccuracy(rows, [NaN], { alpha: 0.1 }), 'expected radii of at least 0, got NaN'],
    [() => certifiedAccuracy(rows, [0], { alpha: 1 }), 'expected alpha in [0, 1), got 1'],
    [() => certifiedAccuracy(rows, [0], { alpha: 0.1, rho: 1 }), 'expected rho in (0, 1), got 1'],
    [() => averageCertifiedRadius([]), 'expected at least one row'],
  ])('%s', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('ceilingShare', () => {
  it('is the share of images with all draws on one class', () => {
    const ceiling = clopperPearsonLower(1_000, 1_000, 0.001);
    const almost = clopperPearsonLower(999, 1_000, 0.001);
    const drawn = [
      certified(1, 1, ceiling),
      certified(2, 1, ceiling),
      certified(1, 1, almost),
      abstained,
    ];
    expect(ceilingShare(drawn, { n: 1_000, alpha: 0.001 })).toBe(0.5);
  });
});
