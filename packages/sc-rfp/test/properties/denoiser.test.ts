import { fillNormal, float32Tensor, type Float32Tensor, type Network } from '@floatpath/core';
import { createGraphBuilder, referenceEngine } from '@floatpath/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitDenoised } from '../../src/denoise/denoiser.js';
import { solvePositiveDefinite } from '../../src/denoise/positive-definite.js';
import {
  averagedWithDenoised,
  behindDenoiser,
  requireDenoiser,
  wienerDenoiser,
  type Denoiser,
} from '../../src/index.js';
import { ortForTests } from '../ort.js';
import { run } from '../run.js';
import { smallImages, smallNetwork } from '../small-network.js';

const SIGMA = 0.4;

/** Images whose pixels move together: a random walk over the rows of one channel after the other. */
function images(rows: number, shape: readonly number[]): Float32Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(rows * size);
  const steps = new Float32Array(size);
  for (let row = 0; row < rows; row += 1) {
    fillNormal(steps, 0, size, { seed: 1, purpose: 'calibration', image: row, draw: 0 });
    let value = 0.5;
    steps.forEach((step, i) => {
      value = 0.5 + 0.9 * (value - 0.5) + 0.1 * step;
      data[row * size + i] = value;
    });
  }
  return float32Tensor([rows, ...shape], data);
}

/** a(z), by the network that is deployed. */
async function denoise(denoiser: Denoiser, z: Float32Tensor): Promise<readonly number[]> {
  const shape = z.shape.slice(1);
  const graph = createGraphBuilder();
  graph.input({ name: 'z', dtype: 'float32', shape: ['batch', ...shape] });
  const name = emitDenoised(graph, denoiser, 'z', shape);
  const network = graph.build('denoiser', [{ name, dtype: 'float32', shape: ['batch', ...shape] }]);
  return (await run(referenceEngine(), network, { z }))[name] as readonly number[];
}

const scaled = (denoiser: Denoiser, scale: number): Denoiser => ({
  ...denoiser,
  weights: float32Tensor(
    denoiser.weights.shape,
    denoiser.weights.data.map((w, i) => w * (1 + scale * Math.sin(7 * i))),
  ),
});

describe('solvePositiveDefinite', () => {
  it('solves A x = b', () => {
    const numbers = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(numbers, numbers, (factor, b) => {
        // A = F F^T / 10^4 + I of a 5 x 4 factor F: eigenvalues between 1 and 21.
        const a = new Float64Array(25);
        for (let i = 0; i < 5; i += 1) {
          for (let j = 0; j < 5; j += 1) {
            for (let k = 0; k < 4; k += 1)
              a[i * 5 + j]! += (factor[i * 4 + k]! * factor[j * 4 + k]!) / 1e4;
          }
          a[i * 5 + i]! += 1;
        }
        const x = Float64Array.from(b.slice(0, 5));
        solvePositiveDefinite(a.slice(), 5, [x]);
        for (let i = 0; i < 5; i += 1) {
          const row = x.reduce((sum, v, j) => sum + a[i * 5 + j]! * v, 0);
          // Condition number 21, values below 100: some thousand units roundoff.
          expect(Math.abs(row - b[i]!)).toBeLessThan(1e-10);
        }
      }),
    );
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), 2, [])).toThrow(
      expect.objectContaining({ code: 'not-finite' }),
    );
  });
});

describe.each([
  ['full', [12]],
  ['conv', [1, 9, 8]],
  ['conv', [2, 8, 8]],
] as const)('the %s Wiener denoiser of [%s]', (kind, shape) => {
  const clean = images(60, shape);
  const denoiser = wienerDenoiser(clean, { kind, sigma: SIGMA });

  /** Mean over images and noise of |a(x + e) - x|^2, and of |e|^2. */
  async function errors(
    made: Denoiser,
  ): Promise<{ readonly after: number; readonly before: number }> {
    const noise = new Float32Array(clean.data.length);
    let [after, before] = [0, 0];
    for (let draw = 0; draw < 4; draw += 1) {
      fillNormal(noise, 0, noise.length, { seed: 2, purpose: 'estimation', image: 0, draw });
      const z = clean.data.map((v, i) => v + SIGMA * (noise[i] as number));
      const out = await denoise(made, float32Tensor(clean.shape, z));
      out.forEach((v, i) => {
        after += (v - (clean.data[i] as number)) ** 2;
        before += ((z[i] as number) - (clean.data[i] as number)) ** 2;
      });
    }
    return { after, before };
  }

  it('removes most of the noise', async () => {
    const { after, before } = await errors(denoiser);
    expect(after / before).toBeLessThan(0.35);
  });

  it('is better than its neighbors, and than those of other sigmas', async () => {
    const best = (await errors(denoiser)).after;
    const others = [
      scaled(denoiser, 0.3),
      scaled(denoiser, -0.3),
      wienerDenoiser(clean, { kind, sigma: SIGMA / 4 }),
      wienerDenoiser(clean, { kind, sigma: SIGMA * 4 }),
    ];
    for (const other of others) expect((await errors(other)).after).toBeGreaterThan(best);
  });

  it('keeps what every image shares', async () => {
    const constant = float32Tensor(
      clean.shape,
      clean.data.map(() => 0),
    );
    const made = wienerDenoiser(constant, { kind, sigma: SIGMA });
    const out = await denoise(made, clean);
    expect(out.every((v) => v === 0)).toBe(true);
  });

  it('does the same in ONNX Runtime', async () => {
    const graph = createGraphBuilder();
    graph.input({ name: 'z', dtype: 'float32', shape: ['batch', ...shape] });
    const name = emitDenoised(graph, denoiser, 'z', shape);
    const outputs = [{ name, dtype: 'float32', shape: ['batch', ...shape] }] as const;
    const got = await run(ortForTests(), graph.build('denoiser', outputs), { z: clean });
    const expected = await denoise(denoiser, clean);
    got[name]?.forEach((v, i) => {
      // float32 sums of at most 98 products of sizes about 1.
      expect(Math.abs(v - (expected[i] as number))).toBeLessThan(1e-5);
    });
  });
});

describe('the controls', () => {
  const network = smallNetwork();
  const denoiser = wienerDenoiser(smallImages(40), { kind: 'full', sigma: SIGMA });
  const z = smallImages(5, 3);

  it('are N(a(z)), and its average with N(z)', async () => {
    const engine = referenceEngine();
    const [plain, behind, average] = await Promise.all([
      run(engine, network, { x: z }),
      run(engine, behindDenoiser(network, denoiser), { x: z }),
      run(engine, averagedWithDenoised(network, denoiser), { x: z }),
    ]).then((all) => all.map((outputs) => Object.values(outputs)[0] as readonly number[]));
    // Through float32 once more on the way from one run to the other.
    const byHand = await run(engine, network, {
      x: float32Tensor(z.shape, Float32Array.from(await denoise(denoiser, z))),
    });
    behind?.forEach((v, i) => {
      expect(Math.abs(v - (byHand['z3']?.[i] as number))).toBeLessThan(1e-5);
      expect(average?.[i]).toBeCloseTo((v + (plain?.[i] as number)) / 2, 12);
    });
    expect(behind).not.toEqual(plain);
  });
});

describe('refusals', () => {
  const network: Network = smallNetwork();
  const denoiser = wienerDenoiser(smallImages(9), { kind: 'full', sigma: SIGMA });

  it('a denoiser for another sigma or shape', () => {
    expect(() => requireDenoiser(denoiser, { network, sigma: SIGMA })).not.toThrow();
    expect(() => requireDenoiser(denoiser, { network, sigma: 0.5 })).toThrow(
      expect.objectContaining({ code: 'not-calibrated' }),
    );
    const other = wienerDenoiser(images(9, [7]), { kind: 'full', sigma: SIGMA });
    expect(() => requireDenoiser(other, { network, sigma: SIGMA })).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    );
    expect(() => behindDenoiser(network, other)).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    );
  });

  it.each([
    ['no images', float32Tensor([0, 6]), 'full', SIGMA, 'invalid-argument'],
    ['sigma 0', smallImages(3), 'full', 0, 'invalid-argument'],
    ['images without rows and columns', smallImages(3), 'conv', SIGMA, 'shape-mismatch'],
    ['NaN', float32Tensor([2, 1], [NaN, 1]), 'full', SIGMA, 'not-finite'],
  ] as const)('%s', (_name, from, kind, sigma, code) => {
    expect(() => wienerDenoiser(from, { kind, sigma })).toThrow(expect.objectContaining({ code }));
  });
});
