import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian } from './gaussian.js';
import { integerGaussian } from './integer-gaussian.js';

describe('integerGaussian', () => {
  it('clips at whole widths around the bounds, at least one on each side', () => {
    const clipOf = (sigma: number): readonly number[] => {
      const noise = integerGaussian({ sigma, bounds: [0, 1] });
      const draw = noise.rows({
        seed: 0,
        purpose: 'selection',
        image: 0,
        from: 0,
        count: 1,
        size: 1,
      });
      return draw.noise.arithmetic === 'grid' ? draw.noise.clip : [];
    };
    expect(clipOf(0.12)).toEqual([-255, 510]);
    expect(clipOf(0.5)).toEqual([-765, 1_020]);
  });

  it('draws integers', () => {
    const noise = integerGaussian({ sigma: 0.5, bounds: [-1, 1] });
    const draw = noise.rows({
      seed: 1,
      purpose: 'selection',
      image: 2,
      from: 3,
      count: 9,
      size: 7,
    });
    expect(draw.noise.values).toHaveLength(63);
    expect(draw.noise.values.every(Number.isInteger)).toBe(true);
    expect(draw.rejected).toEqual([]);
  });
});

describe('radius', () => {
  const noises = [gaussian({ sigma: 0.5 }), integerGaussian({ sigma: 0.5, bounds: [0, 1] })];

  it.each(noises)('is 0 at 1/2 and grows with pLower: $kind', (noise) => {
    expect(noise.radius(0.5)).toBe(0);
    // Phi(1) and Phi(2).
    expect(noise.radius(0.8413447460685429)).toBeCloseTo(0.5, 12);
    expect(noise.radius(0.9772498680518208)).toBeCloseTo(1, 12);
    const probability = fc.double({ min: 0.5, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(probability, probability, (a, b) => {
        expect(noise.radius(Math.min(a, b))).toBeLessThanOrEqual(noise.radius(Math.max(a, b)));
      }),
    );
  });

  it.each([0.4999, 1, NaN])('is refused for pLower %d', (pLower) => {
    expect(() => gaussian({ sigma: 1 }).radius(pLower)).toThrow('expected pLower in [1/2, 1)');
  });
});

describe('bad arguments', () => {
  it.each([0, -0.25, NaN, Infinity])('sigma %d is refused', (sigma) => {
    const message = `expected sigma a finite number above 0, got ${sigma}`;
    expect(() => gaussian({ sigma })).toThrow(message);
    expect(() => integerGaussian({ sigma, bounds: [0, 1] })).toThrow(message);
  });

  it('a sigma that the grid cannot carry is refused, and so are empty bounds', () => {
    expect(() => integerGaussian({ sigma: 11, bounds: [0, 1] })).toThrow('use float noise instead');
    expect(() => integerGaussian({ sigma: 1, bounds: [1, 1] })).toThrow(
      'integerGaussian: expected finite bounds [low, high] with low < high, got [1, 1]',
    );
  });
});
