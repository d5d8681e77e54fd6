import { numbersOf, type Tensor } from '@floatpath/core';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestMagnitude } from './conformance/scale.js';
import {
  affinePrefix,
  foldConstants,
  opOf,
  referenceEngine,
  withComposedPrefix,
  withOutputs,
} from './index.js';
import { smallMlp } from '../test/support/mlp.js';

test('a first layer wider than the input is left as it is', () => {
  expect(affinePrefix(smallMlp())).toBeUndefined();
  expect(withComposedPrefix(smallMlp())).toEqual(smallMlp());
});

test('a network with a composed prefix is the same function, up to the rounding of its weights', async () => {
  let composed = 0;
  await fc.assert(
    fc.asyncProperty(networkCases(), fc.integer({ min: 1, max: 3 }), async (each, rows) => {
      const network = foldConstants(each.network);
      const other = withComposedPrefix(network);
      if (other === network) return;
      composed += 1;
      const feeds = { x: each.points(0, rows) };
      const name = network.outputs[0]?.name ?? '';
      await using plain = await referenceEngine().load(network);
      await using made = await referenceEngine().load(other);
      const expected = numbersOf((await plain.run(feeds))[name] as Tensor);
      const got = numbersOf((await made.run(feeds))[name] as Tensor);
      const affine = network.nodes.filter((node) => opOf(node.op)?.role === 'affine').length;
      // Weights and offset are rounded to float32 once: u s at the prefix, which later layers pass on as they pass on any
      // rounding, 16 L u s.
      const tolerance = 16 * (affine + 1) * 2 ** -24 * (await largestMagnitude(network, feeds));
      expected.forEach((value, i) => {
        expect(Math.abs(value - (got[i] as number))).toBeLessThanOrEqual(tolerance);
      });
    }),
    { numRuns: 80 },
  );
  expect(composed).toBeGreaterThan(10);
});

test('weights and offset give the value itself, in float64', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), async (each) => {
      const network = foldConstants(each.network);
      const prefix = affinePrefix(network);
      if (prefix === undefined) return;
      const { value, weights, offset } = prefix;
      const x = each.points(0, 1);
      await using kernel = await referenceEngine().load(withOutputs(network, [value]));
      const expected = numbersOf((await kernel.run({ x }))[value] as Tensor);
      const values = numbersOf(x);
      offset.forEach((start, j) => {
        let [sum, size] = [start, Math.abs(start)];
        values.forEach((v, i) => {
          sum += v * (weights[i * offset.length + j] as number);
          size += Math.abs(v * (weights[i * offset.length + j] as number));
        });
        // Float64 sums of a few hundred terms, in another order; intermediate layers may cancel.
        expect(Math.abs(sum - (expected[j] as number))).toBeLessThanOrEqual(1e-9 * (1 + size));
      });
    }),
    { numRuns: 60 },
  );
});
