import { float64Tensor, type Norm } from '@floatpath/core';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  ballRegion,
  boundOutputs,
  boxRegion,
  prepareBounds,
  proveRegion,
  selectionsAt,
  type Ball,
  type BoundMethod,
  type OutputBounds,
} from '../../src/index.js';
import { extremePoint, outside, watchedValues } from '../extreme-point.js';

const norms = fc.constantFrom<Norm>('linf', 'l2', 'l1');
const radii = fc.constantFrom(0, 0.01, 0.05, 0.2, 0.7);
const methods: readonly BoundMethod[] = ['interval', 'crown', 'alpha-crown'];

describe('bounds', () => {
  it('are caught when they are shrunk by 1 % (positive control)', async () => {
    let caught = 0;
    for (const { network, point } of fc.sample(networkCases('mlp'), { numRuns: 60, seed: 11 })) {
      const analysis = analyze(network);
      const ball: Ball = { norm: 'linf', radius: 0.05 };
      const x = point(0);
      const { low, high } = boundOutputs(prepareBounds(analysis), ballRegion(analysis, x, ball), {
        method: 'crown',
      });
      const shrunk = (from: Float64Array, to: Float64Array): Float64Array =>
        from.map((value, i) => value + 0.01 * ((to[i] as number) - value));
      let escaped = 0;
      // Small inputs: all corners of the ball.
      for (let corner = 0; corner < 2 ** Math.min(10, x.data.length); corner += 1) {
        const coins = Uint8Array.from(x.data, (_, i) => (corner >>> (i % 10)) & 1);
        const { logits } = await watchedValues(analysis, extremePoint(x, ball, coins));
        escaped += outside(logits, shrunk(low, high), shrunk(high, low));
      }
      if (escaped > 0) caught += 1;
    }
    expect(caught).toBeGreaterThan(30);
  });

  it.each(['crown', 'alpha-crown'] as const)(
    'by %s contain every float64 pre-activation and logit, and fixed units never flip',
    async (method) => {
      await fc.assert(
        fc.asyncProperty(
          networkCases(),
          norms,
          radii,
          async ({ network, point, coins }, norm, radius) => {
            const analysis = analyze(network);
            const x = point(0);
            const ball: Ball = { norm, radius, bounds: [-2, 2] };
            const { low, high, proof } = boundOutputs(
              prepareBounds(analysis),
              ballRegion(analysis, x, ball),
              { method },
            );
            for (let k = 0; k < 6; k += 1) {
              const point64 = extremePoint(x, ball, coins(k, x.data.length));
              const { units, logits } = await watchedValues(analysis, point64);
              expect(outside(units, proof.low, proof.high)).toBe(0);
              expect(outside(logits, low, high)).toBe(0);
              const selected = selectionsAt(analysis, float64Tensor(analysis.inputShape, point64));
              selected.forEach((piece, unit) => {
                if (proof.fixed[unit]) expect(piece).toBe(proof.selections[unit]);
              });
            }
          },
        ),
      );
    },
  );

  it('of a method are never wider than those of the methods before it', () => {
    fc.assert(
      fc.property(networkCases(), norms, radii, ({ network, point }, norm, radius) => {
        const analysis = analyze(network);
        const prepared = prepareBounds(analysis);
        const region = ballRegion(analysis, point(0), { norm, radius });
        const [interval, crown, alpha] = methods.map((method) =>
          boundOutputs(prepared, region, { method }),
        ) as [OutputBounds, OutputBounds, OutputBounds];
        for (const [wide, tight] of [
          [interval, crown],
          [crown, alpha],
        ] as const) {
          expect(outside(tight.low, wide.low, wide.high)).toBe(0);
          expect(outside(tight.high, wide.low, wide.high)).toBe(0);
          expect(outside(tight.proof.low, wide.proof.low, wide.proof.high)).toBe(0);
          expect(outside(tight.proof.high, wide.proof.low, wide.proof.high)).toBe(0);
          wide.proof.fixed.forEach((mark, unit) => {
            expect(tight.proof.fixed[unit]).toBeGreaterThanOrEqual(mark);
          });
        }
      }),
    );
  });

  it('over a box hold at its corners', async () => {
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point, coins }) => {
        const analysis = analyze(network);
        const [a, b] = [point(0).data, point(1).data];
        const box = (of: (x: number, y: number) => number) =>
          float64Tensor(
            analysis.inputShape,
            Float64Array.from(a, (x, i) => of(x, b[i] as number)),
          );
        const [low, high] = [box(Math.min), box(Math.max)];
        const proof = proveRegion(prepareBounds(analysis), boxRegion(analysis, low, high), {
          method: 'crown',
        });
        for (let k = 0; k < 4; k += 1) {
          const coin = coins(k, a.length);
          const corner = low.data.map((l, i) => (coin[i] ? (high.data[i] as number) : l));
          const { units } = await watchedValues(analysis, corner);
          expect(outside(units, proof.low, proof.high)).toBe(0);
        }
      }),
    );
  });
});
