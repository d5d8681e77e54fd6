import { float64Tensor, type Norm } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { networkCases, type NetworkCase } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  createObserver,
  proveFixed,
  sampleFlips,
  selectionsAt,
  type Ball,
} from '../../src/index.js';
import { extremePoint, outside, watchedValues } from '../extreme-point.js';
import { ortNode } from '../ort.js';

const norms = fc.constantFrom<Norm>('linf', 'l2', 'l1');
const radii = fc.constantFrom(0, 0.01, 0.05, 0.2, 0.7);

describe('proofs', () => {
  it('contain every float64 pre-activation, and fixed units never flip', async () => {
    await fc.assert(
      fc.asyncProperty(
        networkCases(),
        norms,
        radii,
        async ({ network, point, coins }, norm, radius) => {
          const analysis = analyze(network);
          const x = point(0);
          const ball: Ball = { norm, radius, bounds: [-2, 2] };
          const proof = proveFixed(analysis, x, ball);
          for (let k = 0; k < 6; k += 1) {
            const point64 = extremePoint(x, ball, coins(k, x.data.length));
            const { units } = await watchedValues(analysis, point64);
            expect(outside(units, proof.low, proof.high)).toBe(0);
            const selected = selectionsAt(analysis, float64Tensor(analysis.inputShape, point64));
            selected.forEach((piece, unit) => {
              if (proof.fixed[unit]) expect(piece).toBe(proof.selections[unit]);
            });
          }
        },
      ),
    );
  });

  it('are caught when their bounds are shrunk by 1 % (positive control)', async () => {
    let caught = 0;
    for (const { network, point, coins } of fc.sample(networkCases('mlp'), {
      numRuns: 60,
      seed: 11,
    })) {
      const analysis = analyze(network);
      const ball: Ball = { norm: 'linf', radius: 0.2 };
      const { low, high } = proveFixed(analysis, point(0), ball);
      const shrunkLow = low.map((l, i) => l + 0.005 * ((high[i] as number) - l));
      const shrunkHigh = high.map((h, i) => h - 0.005 * (h - (low[i] as number)));
      let escaped = 0;
      for (let k = 0; k < 16; k += 1) {
        const corner = extremePoint(point(0), ball, coins(k, point(0).data.length));
        const { units } = await watchedValues(analysis, corner);
        escaped += outside(units, shrunkLow, shrunkHigh);
      }
      if (escaped > 0) caught += 1;
    }
    expect(caught).toBeGreaterThan(30);
  });

  it('leave no fewer units undecided on a larger ball', () => {
    fc.assert(
      fc.property(networkCases(), norms, radii, radii, ({ network, point }, norm, a, b) => {
        const analysis = analyze(network);
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map((radius) =>
          proveFixed(analysis, point(0), { norm, radius }),
        );
        small?.fixed.forEach((mark, unit) => {
          expect(mark).toBeGreaterThanOrEqual(large?.fixed[unit] as number);
        });
      }),
    );
  });

  it('refuse a negative radius and a center outside the bounds', () => {
    const [{ network, point }] = fc.sample(networkCases(), { numRuns: 1, seed: 1 }) as [
      NetworkCase,
    ];
    const analysis = analyze(network);
    const refuses = (ball: Ball): void =>
      expect(() => proveFixed(analysis, point(0), ball)).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    refuses({ norm: 'linf', radius: -1 });
    refuses({ norm: 'linf', radius: Number.NaN });
    refuses({ norm: 'l2', radius: 0.1, bounds: [5, 6] });
  });
});

describe('samples', () => {
  const options = { alpha: 0.001, seed: 3, image: 7, purpose: 'anchor' } as const;

  it.each([referenceEngine(), ortNode()])('never flip a proved unit on $name', async (engine) => {
    await fc.assert(
      fc.asyncProperty(networkCases(), norms, radii, async ({ network, point }, norm, radius) => {
        const analysis = analyze(network);
        await using observer = await createObserver(engine, analysis);
        const ball: Ball = { norm, radius, bounds: [-2, 2] };
        const sampling = await sampleFlips(analysis, observer, point(0), ball, {
          ...options,
          draws: 40,
          batchSize: 16,
        });
        const { fixed } = proveFixed(analysis, point(0), ball);
        fixed.forEach((mark, unit) => {
          if (mark) expect(sampling.flips[unit]).toBe(0);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('do not depend on the batch size', async () => {
    await fc.assert(
      fc.asyncProperty(networkCases('mlp'), norms, async ({ network, point }, norm) => {
        const analysis = analyze(network);
        await using observer = await createObserver(referenceEngine(), analysis);
        const counts = await Promise.all(
          [1, 7, 50].map((batchSize) =>
            sampleFlips(
              analysis,
              observer,
              point(0),
              { norm, radius: 0.5 },
              { ...options, draws: 30, batchSize },
            ),
          ),
        );
        expect(counts[1]?.flips).toEqual(counts[0]?.flips);
        expect(counts[2]?.flips).toEqual(counts[0]?.flips);
      }),
      { numRuns: 20 },
    );
  });

  it('state the chance that 40 draws without a flip leave open', async () => {
    const [{ network, point }] = fc.sample(networkCases('mlp'), { numRuns: 1, seed: 4 }) as [
      NetworkCase,
    ];
    const analysis = analyze(network);
    await using observer = await createObserver(referenceEngine(), analysis);
    const sampling = await sampleFlips(
      analysis,
      observer,
      point(0),
      { norm: 'linf', radius: 0 },
      {
        ...options,
        draws: 40,
        batchSize: 40,
      },
    );
    expect(sampling.flips.every((count) => count === 0)).toBe(true);
    // (1 - p)^40 = alpha / units
    const expected = 1 - (0.001 / analysis.layout.units) ** (1 / 40);
    expect(sampling.unseenChance).toBeCloseTo(expected, 12);
  });
});
