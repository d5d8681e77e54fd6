import { describe, expect, it } from 'vitest';
import type { CertifiedRow } from './certified-accuracy.js';
import { compareCertified } from './compare.js';

/** One right certificate per radius; `undefined` abstains. */
const rowsOf = (radii: readonly (number | undefined)[]): CertifiedRow[] =>
  radii.map((radius) => ({
    label: 0,
    certificate:
      radius === undefined
        ? { kind: 'abstain', label: 0, pLower: 0.5 }
        : {
            kind: 'certified',
            guarantee: 'unconditional',
            arithmetic: 'grid',
            norm: 'l2',
            label: 0,
            radius,
            pLower: 0.9,
          },
  }));
const repeat = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
const options = { radii: [0.25, 0.5], seed: 0 };

describe('compareCertified', () => {
  it('reports a clear gain as significant, with its direction', () => {
    const first = rowsOf([...repeat(40, 0.25), ...repeat(10, 0.6)]);
    const second = rowsOf([...repeat(35, 0.5), ...repeat(5, 0.25), ...repeat(10, 0.6)]);
    const { images, meanRadius, accuracy } = compareCertified(first, second, options);
    expect(images).toBe(50);
    // 35 of 50 images gain .25.
    expect(meanRadius.mean).toBeCloseTo(0.175, 12);
    expect(meanRadius.interval[0]).toBeGreaterThan(0.1);
    expect(meanRadius.interval[1]).toBeLessThan(0.25);
    expect(meanRadius.significant).toBe(true);
    expect(accuracy).toEqual([
      {
        radius: 0.25,
        onlyFirst: 0,
        onlySecond: 0,
        pValue: 1,
        adjustedPValue: 1,
        significant: false,
      },
      {
        radius: 0.5,
        onlyFirst: 0,
        onlySecond: 35,
        pValue: 2 ** -34,
        adjustedPValue: 2 ** -33,
        significant: true,
      },
    ]);
  });

  it('mirrors, repeats, and finds no difference between a classifier and itself', () => {
    const first = rowsOf([0.1, 0.9, undefined, 0.4, 0.3, 0.2, 0.8]);
    const second = rowsOf([0.2, 0.3, 0.5, 0.4, undefined, 0.6, 0.1]);
    const forward = compareCertified(first, second, options);
    expect(compareCertified(first, second, options)).toEqual(forward);
    const backward = compareCertified(second, first, options).meanRadius;
    expect(backward.mean).toBe(-forward.meanRadius.mean);
    const { meanRadius, accuracy } = compareCertified(first, first, options);
    expect(meanRadius).toEqual({ mean: 0, interval: [0, 0], significant: false });
    expect(accuracy.every((row) => !row.significant)).toBe(true);
  });

  it('is never sure from a handful of images', () => {
    const few = compareCertified(rowsOf(repeat(5, 0.1)), rowsOf(repeat(5, 0.9)), options);
    expect(few.meanRadius.interval[0]).toBeGreaterThan(0);
    expect(few.meanRadius.significant).toBe(false);
    const enough = compareCertified(rowsOf(repeat(6, 0.1)), rowsOf(repeat(6, 0.9)), options);
    expect(enough.meanRadius.significant).toBe(true);
  });

  it('refuses different images and bad options', () => {
    const rows = rowsOf([0.1, 0.2]);
    const mismatch = expect.objectContaining({ code: 'shape-mismatch' }) as Error;
    expect(() => compareCertified(rows, rows.slice(1), options)).toThrow(mismatch);
    const relabeled = rows.map((row) => ({ ...row, label: 3 }));
    expect(() => compareCertified(rows, relabeled, options)).toThrow(mismatch);
    expect(() => compareCertified([], [], options)).toThrow('expected at least one image');
    expect(() => compareCertified(rows, rows, { ...options, confidence: 95 })).toThrow(
      'compareCertified: expected confidence in (0, 1), got 95',
    );
    expect(() => compareCertified(rows, rows, { ...options, resamples: 0 })).toThrow('resamples');
  });
});
