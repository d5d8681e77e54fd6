import { float32Tensor, numbersOf, type NoiseRows, type Tensor } from '@floatpath/core';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestMagnitude } from '../../src/conformance/scale.js';
import {
  createLabelCounter,
  differentiate,
  opOf,
  referenceEngine,
  TARGET,
} from '../../src/index.js';
import { smallMlp } from '../support/mlp.js';
import { onTfjs } from '../support/tfjs.js';

test('TensorFlow.js agrees with the float64 reference on random networks', async () => {
  const engine = await onTfjs('cpu');
  await fc.assert(
    fc.asyncProperty(networkCases(), fc.integer({ min: 1, max: 4 }), async (each, rows) => {
      const { network } = each;
      const feeds = { x: each.points(0, rows) };
      await using reference = await referenceEngine().load(network);
      await using runtime = await engine.load(network);
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
    { numRuns: 60 },
  );
});

test.each(['cpu', 'wasm'] as const)(
  'gradients of a network agree with the reference on the %s backend',
  async (backend) => {
    const x = float32Tensor([3, 3], [0.1, 0.9, 0.4, 0.7, 0.2, 0.6, 1, 0, 0.5]);
    const target = float32Tensor([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    const engine = await onTfjs(backend);
    for (const objective of ['cross-entropy', 'margin', 'cotangent'] as const) {
      const network = differentiate(smallMlp(), objective);
      await using runtime = await engine.load(network);
      await using reference = await referenceEngine().load(network);
      const feeds = { x, [TARGET]: target };
      const mine = numbersOf((await runtime.run(feeds))['gradient'] as Tensor);
      const exact = numbersOf((await reference.run(feeds))['gradient'] as Tensor);
      // A few float32 roundings of values below 4.
      exact.forEach((value, i) => expect(mine[i]).toBeCloseTo(value, 5));
    }
  },
);

test.each(['cpu', 'wasm'] as const)(
  'labels counted on the %s backend are those of the reference, whatever the batch size',
  async (backend) => {
    const options = { bounds: [0, 1], arithmetic: 'grid' } as const;
    await using counter = await createLabelCounter(await onTfjs(backend), smallMlp(), options);
    await using reference = await createLabelCounter(referenceEngine(), smallMlp(), options);
    const x = float32Tensor([1, 3], [51 / 255, 1, 102 / 255]);
    const draws = Float32Array.from({ length: 300 }, (_, i) => ((i * 7919) % 401) - 200);
    const noise = (from: number, to: number): NoiseRows => ({
      arithmetic: 'grid',
      rows: to - from,
      values: draws.slice(3 * from, 3 * to),
      clip: [-510, 765],
    });
    const expected = await reference.countLabels(x, noise(0, 100));
    expect(await counter.countLabels(x, noise(0, 100))).toEqual(expected);
    const sum = new Uint32Array(3);
    for (let from = 0; from < 100; from += 7) {
      const [counts] = await counter.countLabels(x, noise(from, Math.min(100, from + 7)));
      counts?.forEach((count, label) => (sum[label] = (sum[label] as number) + count));
    }
    expect([sum]).toEqual(expected);
  },
);
