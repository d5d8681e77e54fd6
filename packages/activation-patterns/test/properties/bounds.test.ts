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
} from '../../src/index.js';
import { extremePoint, outside, watchedValues } from '../extreme-point.js';

const norms = fc.constantFrom<Norm>('linf', 'l2', 'l1');
const radii = fc.constantFrom(0, 0.01, 0.05, 0.2, 0.7);
const methods: readonly BoundMethod[] = ['interval', 'crown', 'alpha-crown'];

describe('bounds', () => {
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
        const [interval, crown] = methods.map((method) =>
          boundOutputs(prepared, region, { method }),
        );
        expect(
          outside(
            crown?.low as Float64Array,
            interval?.low as Float64Array,
            interval?.high as Float64Array,
          ),
        ).toBe(0);
        expect(
          outside(
            crown?.high as Float64Array,
            interval?.low as Float64Array,
            interval?.high as Float64Array,
          ),
        ).toBe(0);
        interval?.proof.fixed.forEach((mark, unit) => {
          expect(crown?.proof.fixed[unit]).toBeGreaterThanOrEqual(mark);
        });
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
