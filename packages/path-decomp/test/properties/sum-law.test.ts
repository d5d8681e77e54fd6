import { referenceEngine } from '@floatpath/engine';
import {
  analyze,
  compareSelections,
  proveFixed,
  segmentBetween,
  selectionsAt,
  type Analysis,
} from '@floatpath/activation-patterns';
import { networkCases, type NetworkCase } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDecomposer,
  maskFeeds,
  perImagePartition,
  provedNeighborhood,
  splitPaths,
  givenPartition,
  type Decomposer,
  type Neighborhood,
} from '../../src/index.js';
import { ortNode } from '../ort.js';

const engines = [
  { engine: referenceEngine(), precision: 'float64' },
  { engine: ortNode(), precision: 'float32' },
] as const;

const ROWS = 3;

/** A random partition per row, with the row's own selections recorded. */
function randomPartitions(analysis: Analysis, { point, coins }: NetworkCase): Neighborhood[] {
  return Array.from({ length: ROWS }, (_, row) => ({
    float: coins(row + 1, analysis.layout.units),
    selections: selectionsAt(analysis, point(row)),
  }));
}

async function expectSums(
  decomposer: Decomposer,
  test: NetworkCase,
  neighborhoods: Neighborhood[],
): Promise<void> {
  const rows = await decomposer.decompose(test.points(0, neighborhoods.length), neighborhoods);
  for (const row of rows) {
    expect(row.residual).toBeLessThanOrEqual(row.tolerance);
    expect(row.holds).toBe(true);
  }
}

describe.each(engines)('the sum law on $engine.name', ({ engine, precision }) => {
  const load = (analysis: Analysis, selection: 'own' | 'recorded'): Promise<Decomposer> =>
    createDecomposer(engine, analysis, { selection, precision, batchSize: 2 });

  it.each(['own', 'recorded'] as const)(
    'holds for random partitions, %s selections',
    async (selection) => {
      let float = 0;
      await fc.assert(
        fc.asyncProperty(networkCases(), async (test) => {
          const analysis = analyze(test.network);
          await using decomposer = await load(analysis, selection);
          const neighborhoods = randomPartitions(analysis, test);
          await expectSums(decomposer, test, neighborhoods);
          const rows = await decomposer.decompose(test.points(0, ROWS), neighborhoods);
          if (rows.some((row) => row.float.some((v) => v !== 0) && row.fixed.some((v) => v !== 0)))
            float += 1;
        }),
        { numRuns: 100 },
      );
      // The law must not hold because one part is always 0.
      expect(float).toBeGreaterThan(20);
    },
  );

  it('holds at both ends of a segment with the selections of its start', async () => {
    await fc.assert(
      fc.asyncProperty(networkCases(), async (test) => {
        const analysis = analyze(test.network);
        await using decomposer = await load(analysis, 'recorded');
        const segment = segmentBetween(analysis, test.point(0), test.point(1));
        await expectSums(decomposer, test, [segment, segment]);
        const compared = compareSelections([segment.selections, segment.endSelections]);
        await expectSums(decomposer, test, [compared, compared]);
      }),
      { numRuns: 60 },
    );
  });

  it('holds on a proved ball with the selections of its center', async () => {
    await fc.assert(
      fc.asyncProperty(networkCases(), async (test) => {
        const analysis = analyze(test.network);
        await using decomposer = await load(analysis, 'recorded');
        const around = provedNeighborhood(
          proveFixed(analysis, test.point(0), { norm: 'linf', radius: 0.05 }),
        );
        await expectSums(decomposer, test, [around]);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves float exactly 0 where no unit is float', async () => {
    await fc.assert(
      fc.asyncProperty(networkCases(), async (test) => {
        const analysis = analyze(test.network);
        await using decomposer = await load(analysis, 'own');
        const none = {
          float: new Uint8Array(analysis.layout.units),
          selections: selectionsAt(analysis, test.point(0)),
        };
        const [row] = await decomposer.decompose(test.point(0), [none]);
        expect(row?.float.every((value) => value === 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the fixed part without the float recurrence, and with one mask for all rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        networkCases(),
        fc.constantFrom('own', 'recorded'),
        async (test, selection) => {
          const analysis = analyze(test.network);
          await using decomposer = await load(analysis, selection);
          const [mask] = randomPartitions(analysis, test) as [Neighborhood];
          const rows = await decomposer.decompose(test.points(0, ROWS), [mask, mask, mask]);
          const partitions = [
            {
              partition: givenPartition(),
              feeds: maskFeeds(analysis, [mask, mask, mask], selection),
            },
            {
              partition: perImagePartition(),
              feeds: {
                ...maskFeeds(analysis, [mask, mask, mask], selection),
                ...maskFeeds(analysis, [mask], 'own'),
              },
            },
          ];
          for (const { partition, feeds } of partitions) {
            const split = splitPaths(analysis.network, {
              partition,
              selection,
              form: 'fixed-only',
            });
            expect(split.outputs.map(({ name }) => name)).toEqual(['logits', 'fixed']);
            await using kernel = await engine.load(split);
            const { fixed, logits } = await kernel.run({
              ...feeds,
              [analysis.input]: test.points(0, ROWS),
            });
            const classes = (fixed?.data.length ?? 0) / ROWS;
            rows.forEach((row, r) => {
              for (let j = 0; j < classes; j += 1) {
                const at = r * classes + j;
                const part = Number(fixed?.data[at]);
                expect(Math.abs(part - (row.fixed[j] as number))).toBeLessThanOrEqual(
                  row.tolerance,
                );
                // What production kernels call float: a wrong selection breaks the law, so only a row's own mask is compared.
                if (r > 0 && selection === 'recorded') continue;
                const rest = Number(logits?.data[at]) - part;
                expect(Math.abs(rest - (row.float[j] as number))).toBeLessThanOrEqual(
                  2 * row.tolerance,
                );
              }
            });
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
