import { boolTensor, float64Tensor, type Tensor } from '@floatpath/core';
import { gatesOf, referenceEngine } from '@floatpath/engine';
import { floatInput, givenPartition } from '@floatpath/path-decomp';
import { describe, expect, it } from 'vitest';
import { lambdaOutput, repressFloatPaths, type RepressForm } from '../src/index.js';
import { cnnGolden, mlpGolden } from './golden-networks.js';

describe.each([
  ['mlp_4_6_5_3', mlpGolden()],
  ['cnn_1x6x6', cnnGolden()],
])('%s', (_name, { golden, network }) => {
  const inputShape = network.inputs[0]?.shape.slice(1) as number[];
  const masks = gatesOf(network).map((gate, i): [string, Tensor] => [
    floatInput(gate),
    boolTensor(
      [1, ...gate.rowShape],
      (golden.fixed_masks[i] as number[]).map((fixed) => 1 - fixed),
    ),
  ]);
  const feeds = { x: float64Tensor([1, ...inputShape], golden.x), ...Object.fromEntries(masks) };

  it.each([
    ['path-sum', golden.path_sum_lambda],
    ['layerwise', golden.layerwise_lambda],
  ] as const)('gives the published %s logits for every lambda in one pass', async (form, table) => {
    const lambdas = Object.keys(table).map(Number);
    await using kernel = await referenceEngine().load(
      repressFloatPaths(network, {
        partition: givenPartition(),
        lambdas,
        form: form satisfies RepressForm,
      }),
    );
    const fetches = await kernel.run(feeds);
    for (const [lambda, expected] of Object.entries(table)) {
      const got = fetches[lambdaOutput(Number(lambda))]?.data as Float64Array;
      // The goldens were summed in another order; values are below 100, so 1e-12 is some hundred units roundoff.
      expected.forEach((value, j) =>
        expect(Math.abs((got[j] as number) - value)).toBeLessThan(1e-12),
      );
    }
  });
});
