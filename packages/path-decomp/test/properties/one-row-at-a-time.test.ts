import type { Network, ValueInfo } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { analyze, createObserver, segmentBetween } from '@floatpath/activation-patterns';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDecomposer } from '../../src/index.js';
import { ortNode } from '../ort.js';

/** The same network without a free batch axis. */
function oneRow(network: Network): Network {
  const bound = (value: ValueInfo): ValueInfo => ({
    ...value,
    shape: value.shape.map((extent) => (extent === 'batch' ? 1 : extent)),
  });
  return { ...network, inputs: network.inputs.map(bound), outputs: network.outputs.map(bound) };
}

it.each([
  { engine: referenceEngine(), precision: 'float64' },
  { engine: ortNode(), precision: 'float32' },
] as const)(
  'networks without a batch axis give the same answers on $engine.name',
  async (variant) => {
    const options = { selection: 'recorded', precision: variant.precision, batchSize: 2 } as const;
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point, points }) => {
        const free = analyze(network);
        const bound = analyze(oneRow(network));
        expect([free.batched, bound.batched]).toEqual([true, false]);
        const segment = segmentBetween(bound, point(0), point(1));
        expect(segment).toEqual(segmentBetween(free, point(0), point(1)));
        await using a = await createDecomposer(variant.engine, free, options);
        await using b = await createDecomposer(variant.engine, bound, options);
        const rows = await b.decompose(points(0, 2), [segment, segment]);
        expect(rows.every((row) => row.holds)).toBe(true);
        const batch = await a.decompose(points(0, 2), [segment, segment]);
        rows.forEach((row, i) =>
          row.fixed.forEach((value, j) =>
            expect(Math.abs(value - (batch[i]?.fixed[j] as number))).toBeLessThanOrEqual(
              row.tolerance,
            ),
          ),
        );
        await using observer = await createObserver(variant.engine, bound);
        expect((await observer.observe(point(0)))[0]?.selections).toEqual(segment.selections);
      }),
      { numRuns: 40 },
    );
  },
);
