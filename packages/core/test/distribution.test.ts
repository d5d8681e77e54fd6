import { expect, test } from 'vitest';
import { fillNormal, gridGaussian, gridGaussianCuts } from '../src/index.js';
import { largestDeviation, normalCdf } from './support/distributions.js';

const rows = 256;
const size = 1024;
const n = rows * size;

/** n normals, each row its own draw. */
const normals = ((): Float32Array => {
  const out = new Float32Array(n);
  for (let draw = 0; draw < rows; draw += 1) {
    fillNormal(out, draw * size, size, { seed: 1, purpose: 'estimation', image: 2, draw });
  }
  return out;
})();

/** sqrt(n) times the Kolmogorov-Smirnov distance to the standard normal. */
function kolmogorov(sample: Float32Array): number {
  const sorted = Float32Array.from(sample).sort();
  let distance = 0;
  for (let i = 0; i < n; i += 97) {
    const cdf = normalCdf(sorted[i] as number);
    distance = Math.max(distance, Math.abs(cdf - i / n), Math.abs(cdf - (i + 1) / n));
  }
  return distance * Math.sqrt(n);
}

test('normals have mean 0, variance 1, and uncorrelated neighbors', () => {
  const mean = (f: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += f(i);
    return sum / n;
  };
  const z = (i: number): number => normals[i % n] as number;
  // 6.5 standard errors: 8e-11 for a fair generator; 1e-5 covers the error of the float32 formula.
  const bound = (deviation: number): number => (6.5 * deviation) / Math.sqrt(n) + 1e-5;
  expect(Math.abs(mean(z))).toBeLessThan(bound(1));
  expect(Math.abs(mean((i) => z(i) ** 2) - 1)).toBeLessThan(bound(Math.SQRT2));
  expect(Math.abs(mean((i) => z(i) ** 3))).toBeLessThan(bound(Math.sqrt(15)));
  expect(Math.abs(mean((i) => z(i) ** 4) - 3)).toBeLessThan(bound(Math.sqrt(96)));
  for (const lag of [1, 2, 4, size]) {
    expect(Math.abs(mean((i) => z(i) * z(i + lag)))).toBeLessThan(bound(1));
  }
});

test('normals follow the normal distribution (Kolmogorov-Smirnov)', () => {
  // 2 exp(-2 * 3.3^2) < 1e-9
  expect(kolmogorov(normals)).toBeLessThan(3.3);
});

test('control: a shift of .02 fails the Kolmogorov-Smirnov bound', () => {
  expect(kolmogorov(normals.map((z) => z + 0.02))).toBeGreaterThan(3.3);
});

const sigma = 0.05;
const { limit, cuts } = gridGaussianCuts(sigma);
// Chernoff over all cut points: 2 * cuts * exp(-t) < 1e-9.
const bound = Math.log((2 * cuts.length) / 1e-9);

function drawGrid(drawnSigma: number): Float32Array {
  const out = new Float32Array(n);
  const noise = gridGaussian(drawnSigma);
  for (let draw = 0; draw < rows; draw += 1) {
    noise.fill(out, draw * size, size, { seed: 3, purpose: 'selection', image: 0, draw });
  }
  // Values beyond the table of `sigma` are as extreme as it can tell.
  return out.map((j) => Math.min(limit, Math.max(-limit, j)));
}

const gridSample = drawGrid(sigma);

/** Deviation of the empirical distribution of `sample` from P(J <= j) = Phi((2j + 1) / (510 sigma)). */
function gridDeviation(sample: Float32Array): number {
  const atOrBelow = new Uint32Array(cuts.length + 1);
  for (const value of sample) {
    const rank = value + limit;
    atOrBelow[rank] = (atOrBelow[rank] as number) + 1;
  }
  for (let rank = 1; rank < atOrBelow.length; rank += 1) {
    atOrBelow[rank] = (atOrBelow[rank] as number) + (atOrBelow[rank - 1] as number);
  }
  const cells = Array.from(cuts, (_, rank) => ({
    count: atOrBelow[rank] as number,
    probability: normalCdf((2 * (rank - limit) + 1) / (510 * sigma)),
  }));
  // Beyond 7 sigma the quadrature has no digits left; the published cut points cover the tails.
  return largestDeviation(
    cells.filter(({ probability: p }) => p > 1e-9 && p < 1 - 1e-9),
    n,
  );
}

test('grid noise follows the rounded normal distribution', () => {
  expect(gridDeviation(gridSample)).toBeLessThan(bound);
});

test('control: a sampler shifted by one is caught', () => {
  expect(gridDeviation(gridSample.map((j) => j + 1))).toBeGreaterThan(bound);
});

test('control: a sampler whose sigma is 3 percent too large is caught', () => {
  expect(gridDeviation(drawGrid(1.03 * sigma))).toBeGreaterThan(bound);
});
