import { numbersOf, type Tensor } from '@floatpath/core';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestMagnitude } from '../../src/conformance/scale.js';
import { opOf, referenceEngine } from '../../src/index.js';
import { onRuntime } from '../support/engines.js';

test('ONNX Runtime agrees with the float64 reference on random networks', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), fc.integer({ min: 1, max: 4 }), async (each, rows) => {
      const { network } = each;
      const feeds = { x: each.points(0, rows) };
      await using reference = await referenceEngine().load(network);
      await using runtime = await onRuntime.load(network);
      const name = network.outputs[0]?.name ?? '';
      const exact = numbersOf((await reference.run(feeds))[name] as Tensor);
      const rounded = numbersOf((await runtime.run(feeds))[name] as Tensor);
      // 16 L u s: one rounding error of at most u s per affine op, amplified little, sixteen to spare.
      const affine = network.nodes.filter((node) => opOf(node.op)?.role === 'affine').length;
      const tolerance = 16 * affine * 2 ** -24 * (await largestMagnitude(network, feeds));
      exact.forEach((value, i) => {
        expect(Math.abs(value - (rounded[i] as number))).toBeLessThanOrEqual(tolerance);
      });
    }),
    { numRuns: 80 },
  );
});

test('rows do not depend on the rows beside them, bit for bit', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), async (each) => {
      await using kernel = await onRuntime.load(each.network);
      const name = each.network.outputs[0]?.name ?? '';
      const together = (await kernel.run({ x: each.points(0, 5) }))[name] as Tensor;
      const alone: number[] = [];
      for (let row = 0; row < 5; row += 1) {
        const fetches = await kernel.run({ x: each.point(row) });
        alone.push(...numbersOf(fetches[name] as Tensor));
      }
      expect([...numbersOf(together)]).toEqual(alone);
    }),
    { numRuns: 40 },
  );
});
