import { float64Tensor, numbersOf, type Tensor } from '@floatpath/core';
import { differentiate, referenceEngine, TARGET, withOutputs } from '@floatpath/engine';
import { analyze, selectionsAt } from '@floatpath/activation-patterns';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createSumTolerance,
  givenPartition,
  maskFeeds,
  splitWithChannels,
} from '../../src/index.js';

it('with recorded selections the fixed part is affine, and one backward pass gives its weights', async () => {
  let steep = 0;
  await fc.assert(
    fc.asyncProperty(networkCases(), async ({ network, point, coins }) => {
      const analysis = analyze(network);
      const split = splitWithChannels(analysis.network, {
        partition: givenPartition(),
        selection: 'recorded',
        form: 'two-recurrences',
      });
      const masks = maskFeeds(
        analysis,
        [{ float: coins(1, analysis.layout.units), selections: selectionsAt(analysis, point(0)) }],
        'recorded',
      );
      await using tolerance = await createSumTolerance(split, 'float64');
      await using plain = await referenceEngine().load(withOutputs(split.network, ['fixed']));
      const at = async (x: Tensor): Promise<Float64Array> =>
        numbersOf((await plain.run({ ...masks, [analysis.input]: x }))['fixed'] as Tensor);
      const [start, end] = [await at(point(0)), await at(point(2))];
      const moved = numbersOf(point(2)).map((v, i) => v - (point(0).data[i] as number));
      const limits = await Promise.all(
        [point(0), point(2)].map((x) => tolerance.of({ ...masks, [analysis.input]: x })),
      );
      const limit = 4 * Math.max(...limits.map(([value]) => value ?? 0));
      // A constant fixed part has no derivative to ask for.
      const dependsOnInput = start.some((value, j) => value !== end[j]);
      if (!dependsOnInput) return;
      await using backward = await referenceEngine().load(
        differentiate(withOutputs(split.network, ['fixed']), 'cotangent'),
      );
      for (let j = 0; j < start.length; j += 1) {
        const cotangent = Float64Array.from({ length: start.length }, (_, k) => (k === j ? 1 : 0));
        const { gradient } = await backward.run({
          ...masks,
          [analysis.input]: point(1),
          [TARGET]: float64Tensor([1, start.length], cotangent),
        });
        const weights = numbersOf(gradient as Tensor);
        const predicted = weights.reduce((sum, w, i) => sum + w * (moved[i] as number), 0);
        const change = (end[j] as number) - (start[j] as number);
        // The emitted derivatives hold float32 constants (averages, resizing): 2^-20 of the change's terms.
        const terms = weights.reduce((sum, w, i) => sum + Math.abs(w * (moved[i] as number)), 0);
        expect(Math.abs(predicted - change)).toBeLessThanOrEqual(limit + 2 ** -20 * terms);
        if (Math.abs(change) > 0.1) steep += 1;
      }
    }),
    { numRuns: 150 },
  );
  expect(steep).toBeGreaterThan(50);
});
