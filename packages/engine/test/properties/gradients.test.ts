import { type Network } from '@floatpath/core';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conformanceCases, type ConformanceCase } from '../../src/conformance.js';
import { opOf, ops } from '../../src/index.js';
import { gradientError } from '../support/derivatives.js';

const withFirst = (network: Network, name: string): Network => ({
  ...network,
  inputs: [...network.inputs].sort((a, b) => Number(b.name === name) - Number(a.name === name)),
});

/** Away from the kinks, which lie on multiples of 1/8; large logits and ties would leave nothing to differentiate. */
function differentiable(each: ConformanceCase): readonly (readonly [string, ConformanceCase])[] {
  const isFloat = each.network.outputs.every((output) => output.dtype === 'float32');
  const unfit = each.name === 'large logits' || each.name.endsWith('ties');
  if (opOf(each.op)?.backward === undefined || !isFloat || unfit) return [];
  const feeds = Object.fromEntries(
    Object.entries(each.feeds).map(([name, tensor]) => [
      name,
      tensor.dtype === 'float32' ? { ...tensor, data: tensor.data.map((v) => v + 1 / 32) } : tensor,
    ]),
  );
  return each.network.inputs
    .filter((input) => input.dtype === 'float32')
    .map(({ name }) => [
      `${each.op}, ${each.name}, ${name}`,
      { ...each, feeds, network: withFirst(each.network, name) },
    ]);
}

const cotangent = (i: number): number => ((i * 5) % 7) - 3;

test('every affine op, gate and smooth op has a derivative', () => {
  const without = ops.filter((op) => op.role !== 'plumbing' && op.backward === undefined);
  expect(without.map((op) => op.type)).toEqual([]);
});

test.each(conformanceCases().flatMap(differentiable))(
  'derivative of %s agrees with central differences',
  async (_, { network, feeds }) => {
    const { error, compared } = await gradientError(network, feeds, cotangent);
    // Central differences of step 1e-5 are off by 1e-10 f''' and by 1e-16 / 1e-5 of the values, and constants of derivatives
    // are rounded to float32.
    expect(error).toBeLessThan(1e-8 + 2 ** -23);
    expect(compared).toBeGreaterThan(0);
  },
);

test('gradients of random networks agree with central differences', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(networkCases(), fc.integer({ min: 1, max: 2 }), async (each, rows) => {
      const coins = each.coins(3, 64);
      const result = await gradientError(
        each.network,
        { x: each.points(0, rows) },
        (i) => (coins[i % 64] ?? 0) - 0.75,
        1e-6,
      );
      // Piecewise linear, so only rounding is left: 1e-16 / 1e-6 of values up to a few thousand times the largest output.
      expect(result.error).toBeLessThan(1e-6);
      compared += result.compared;
    }),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(100);
});

test('control: a gradient for a cotangent one element off is caught', async () => {
  const each = conformanceCases().find(({ op, name }) => op === 'Mul' && name === 'a scalar first');
  if (each === undefined) throw new Error('no such case');
  const { error } = await gradientError(each.network, each.feeds, cotangent);
  // The same comparison with the cotangent of another output element.
  const moved = await gradientError(each.network, each.feeds, cotangent, 1e-5, (i) =>
    cotangent(i + 1),
  );
  expect(error).toBeLessThan(1e-8);
  expect(moved.error).toBeGreaterThan(0.1);
});
