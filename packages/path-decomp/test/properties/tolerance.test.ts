import { numbersOf, type Tensor } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { analyze, selectionsAt } from '@floatpath/activation-patterns';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createSumTolerance,
  givenPartition,
  maskFeeds,
  splitWithChannels,
  withTolerance,
} from '../../src/index.js';
import { ortNode } from '../ort.js';

// 2^-18: some roundings of float32 in every node of a path; the law's own factor is 16.
it.each([
  { engine: referenceEngine(), precision: 'float64', slack: 2 ** -40 },
  { engine: ortNode(), precision: 'float32', slack: 2 ** -18 },
] as const)(
  'a network tells the tolerance that node by node evaluation gives, on $engine.name',
  async ({ engine, precision, slack }) => {
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, points, point, coins }) => {
        const analysis = analyze(network);
        const split = splitWithChannels(analysis.network, {
          partition: givenPartition(),
          selection: 'recorded',
          form: 'two-recurrences',
        });
        const neighborhoods = [0, 1, 2].map((row) => ({
          float: coins(row, analysis.layout.units),
          selections: selectionsAt(analysis, point(row)),
        }));
        const feeds = {
          [analysis.input]: points(0, 3),
          ...maskFeeds(analysis, neighborhoods, 'recorded'),
        };
        await using reference = await createSumTolerance(split, precision);
        const expected = await reference.of(feeds);
        const tolerated = withTolerance(split, precision);
        await using kernel = await engine.load(tolerated.network);
        const found = numbersOf((await kernel.run(feeds))[tolerated.tolerance] as Tensor);
        expect(found.length).toBe(3);
        found.forEach((value, row) => {
          const limit = expected[row] as number;
          expect(Math.abs(value - limit)).toBeLessThanOrEqual(slack * limit);
          if (limit > 0) rows += 1;
        });
      }),
      { numRuns: 50 },
    );
    expect(rows).toBeGreaterThan(100);
  },
);
