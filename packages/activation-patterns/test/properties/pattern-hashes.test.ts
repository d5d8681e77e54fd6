import { float32Tensor, type Engine, type Network } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze, createPatternHasher, packPattern, selectionsAt } from '../../src/index.js';
import { ortNode } from '../ort.js';
import { tfjsCpu } from '../tfjs.js';

const ROWS = 6;
/** For every row the first that it is equal to. */
const firstsOf = (keys: readonly string[]): number[] => keys.map((key) => keys.indexOf(key));

describe.each([referenceEngine(), ortNode(), await tfjsCpu()])('keys on $name', (engine) => {
  it('are equal exactly where patterns are, and those of observed patterns', async () => {
    let [shared, apart] = [0, 0];
    await fc.assert(
      fc.asyncProperty(networkCases(), fc.nat(1000), async ({ network, point, points }, seed) => {
        const analysis = analyze(network);
        const selections = Array.from({ length: ROWS }, (_, i) => selectionsAt(analysis, point(i)));
        const patterns = selections.map((of) => packPattern(analysis.layout, of).join());
        await using hasher = await createPatternHasher(engine, analysis, { seed });
        const keys = await hasher.hash(points(0, ROWS));
        expect(firstsOf(keys)).toEqual(firstsOf(patterns));
        expect(keys).toEqual(selections.map(hasher.keyOf));
        const distinct = new Set(patterns).size;
        if (distinct < ROWS) shared += 1;
        if (distinct > 1) apart += 1;
      }),
      { numRuns: 60 },
    );
    // The law must not hold because all patterns are equal, or none.
    expect(Math.min(shared, apart)).toBeGreaterThan(10);
  });

  it('do not depend on batch or order', async () => {
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point, points }) => {
        await using hasher = await createPatternHasher(engine, analyze(network), { seed: 1 });
        const together = await hasher.hash(points(0, ROWS));
        const split = [...(await hasher.hash(points(0, 4))), ...(await hasher.hash(points(4, 2)))];
        expect(split).toEqual(together);
        for (const row of [5, 2, 0]) {
          expect(await hasher.hash(point(row))).toEqual([together[row]]);
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** relu(x0 - x1), relu(x1 - x0), one row at a time or several. */
const brighter = (rows: 'batch' | 1): Network => ({
  name: 'brighter',
  inputs: [{ name: 'x', dtype: 'float32', shape: [rows, 2] }],
  outputs: [{ name: 'h', dtype: 'float32', shape: [rows, 2] }],
  nodes: [
    { name: 'affine', op: 'MatMul', inputs: ['x', 'W'], outputs: ['z'], attributes: {} },
    { name: 'relu', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
  ],
  constants: new Map([['W', float32Tensor([2, 2], [1, -1, -1, 1])]]),
});

it('a network of one row at a time has the same keys', async () => {
  const options = { seed: 4 };
  await using several = await createPatternHasher(ortNode(), analyze(brighter('batch')), options);
  await using single = await createPatternHasher(ortNode(), analyze(brighter(1)), options);
  const inputs = [0, 1, 1, 0, 2, 2, 0.5, 0.5 + 2 ** -24];
  const keys = await several.hash(float32Tensor([4, 2], inputs));
  expect(firstsOf(keys)).toEqual([0, 1, 2, 0]);
  for (const [row, key] of keys.entries()) {
    const x = float32Tensor([1, 2], inputs.slice(2 * row, 2 * row + 2));
    expect(await single.hash(x)).toEqual([key]);
  }
});

it('an engine whose sums are not integers is refused', async () => {
  const ort = ortNode();
  const coarse: Engine = {
    name: 'half a unit off',
    async load(network) {
      const kernel = await ort.load(network);
      return {
        network,
        async run(feeds) {
          const fetched = Object.entries(await kernel.run(feeds));
          const off = fetched.map(([name, tensor]) => [
            name,
            tensor.dtype === 'float32'
              ? float32Tensor(
                  tensor.shape,
                  tensor.data.map((v) => v + 0.5),
                )
              : tensor,
          ]);
          return Object.fromEntries(off);
        },
        [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
      };
    },
  };
  await using hasher = await createPatternHasher(coarse, analyze(brighter('batch')), { seed: 0 });
  await expect(hasher.hash(float32Tensor([1, 2], [0, 1]))).rejects.toThrow(
    expect.objectContaining({ code: 'engine-failed' }),
  );
});
