import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian } from './gaussian.js';
import { composedSigma } from './composed-sigma.js';
import { integerGaussian } from './integer-gaussian.js';
import { laplace } from './laplace.js';
import { linfThroughL2 } from './linf-through-l2.js';
import { noiseOf } from './noise-of.js';
import { uniform } from './uniform.js';

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

  it.each([
    ...noises,
    uniform({ halfWidth: 0.5, bounds: [0, 1] }),
    laplace({ scale: 0.3 }),
    linfThroughL2(gaussian({ sigma: 0.5 }), 784),
  ])(
    'of $kind in $norm is 0 at a tie, never below, and monotone in both probabilities',
    (noise) => {
      expect(noise.radius(0.5)).toBe(0);
      expect(noise.radius(0.3, 0.3)).toBe(0);
      const probability = fc.double({
        min: 1e-9,
        max: 1,
        minExcluded: true,
        maxExcluded: true,
        noNaN: true,
      });
      fc.assert(
        fc.property(probability, probability, probability, (a, b, c) => {
          const [low, middle, high] = [a, b, c].sort((p, q) => p - q) as [number, number, number];
          const wide = noise.radius(high, low);
          expect(wide).toBeGreaterThanOrEqual(noise.radius(high, middle));
          expect(wide).toBeGreaterThanOrEqual(noise.radius(middle, low));
          expect(noise.radius(middle, low)).toBeGreaterThanOrEqual(0);
          // The runner-up having all the rest is the binary case.
          if (high > 0.5) {
            const binary = noise.radius(high);
            expect(Math.abs(noise.radius(high, 1 - high) - binary)).toBeLessThanOrEqual(
              1e-9 * (1 + binary),
            );
          }
        }),
      );
    },
  );

  it.each([0.4999, 1, NaN])('is refused for pLower %d', (pLower) => {
    expect(() => gaussian({ sigma: 1 }).radius(pLower)).toThrow('expected pLower in [1/2, 1)');
  });
});

const request = {
  seed: 3,
  purpose: 'estimation',
  image: 5,
  from: 0,
  count: 200,
  size: 500,
} as const;

/** Mean, variance and mean size of 100,000 values. */
function moments(values: Float32Array): { mean: number; variance: number; size: number } {
  const over = (f: (v: number) => number): number =>
    values.reduce((sum, v) => sum + f(v), 0) / values.length;
  return { mean: over((v) => v), variance: over((v) => v * v), size: over(Math.abs) };
}

describe('uniform noise', () => {
  it('takes every integer of its range equally often', () => {
    const noise = uniform({ halfWidth: 2.5 / 255, bounds: [0, 1] });
    const { values } = noise.rows(request).noise;
    const counts = [-2, -1, 0, 1, 2].map((j) => values.filter((v) => v === j).length);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(100_000);
    // Six standard deviations of Bin(100,000, 1/5).
    for (const n of counts) expect(Math.abs(n - 20_000)).toBeLessThan(6 * 127);
  });

  it('has the variance of its half-width, which is rounded down to an odd multiple of 1/510', () => {
    const noise = uniform({ halfWidth: 0.5, bounds: [-1, 1] });
    // 1/4 of the width is 127.5/510, so 2m + 1 = 127.
    expect(noise.sigma * Math.sqrt(3)).toBeCloseTo((127 / 510) * 2, 14);
    const { mean, variance } = moments(noise.rows(request).noise.values);
    // A discrete uniform on -63 .. 63: variance (127^2 - 1) / 12 = 1344; six standard errors.
    expect(Math.abs(mean)).toBeLessThan(6 * Math.sqrt(1344 / 1e5));
    expect(Math.abs(variance - 1344)).toBeLessThan(6 * 1344 * Math.sqrt(0.8 / 1e5));
  });

  it('splits ranges of draws at will', () => {
    const noise = uniform({ halfWidth: 0.3, bounds: [0, 1] });
    const whole = noise.rows({ ...request, count: 4 }).noise.values;
    const last = noise.rows({ ...request, from: 3, count: 1 }).noise.values;
    expect(last).toEqual(whole.slice(1_500));
  });
});

describe('Laplace noise', () => {
  it('has mean 0, mean size b and variance 2 b^2', () => {
    const { mean, variance, size } = moments(laplace({ scale: 0.5 }).rows(request).noise.values);
    // Six standard errors: sd of v is .707, of |v| is .5, of v^2 is sqrt(24 - 4) / 4.
    expect(Math.abs(mean)).toBeLessThan((6 * 0.7072) / Math.sqrt(1e5));
    expect(Math.abs(size - 0.5)).toBeLessThan((6 * 0.5) / Math.sqrt(1e5));
    expect(Math.abs(variance - 0.5)).toBeLessThan((6 * 1.1181) / Math.sqrt(1e5));
  });
});

describe('noiseOf', () => {
  it('makes noise of the standard deviation asked for', () => {
    for (const kind of ['integer-gaussian', 'gaussian', 'uniform', 'laplace'] as const) {
      const noise = noiseOf({ kind, sigma: 0.25 }, [0, 1]);
      expect(noise.kind).toBe(kind);
      // Uniform noise gives up to one level: 1/255 / sqrt(3).
      expect(noise.sigma).toBeLessThanOrEqual(0.25 + 1e-15);
      expect(noise.sigma).toBeGreaterThan(0.25 - 1 / 255);
    }
  });
});

describe('bad arguments', () => {
  it('noise of no width, of another norm, of no look', () => {
    expect(() => uniform({ halfWidth: 0.001, bounds: [0, 1] })).toThrow(
      'uniform: expected halfWidth',
    );
    expect(() => uniform({ halfWidth: NaN, bounds: [0, 1] })).toThrow(
      'uniform: expected halfWidth',
    );
    expect(() => laplace({ scale: 0 })).toThrow('laplace: expected scale a finite number above 0');
    expect(() => linfThroughL2(laplace({ scale: 1 }), 10)).toThrow(
      'noise that certifies l2, got l1',
    );
    expect(() => composedSigma([])).toThrow('composedSigma: expected finite numbers above 0');
    expect(() => noiseOf({ kind: 'pink' as 'gaussian', sigma: 1 }, [0, 1])).toThrow('got pink');
  });

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
