import fc from 'fast-check';
import { expect, it } from 'vitest';
import { float32Tensor, type Network } from '@floatpath/core';
import {
  createClassifier,
  foldConstants,
  gatesOf,
  isElementwise,
  referenceEngine,
} from '@floatpath/engine';
import { networkCases } from '@floatpath/testing';
import { floatGateWidths } from './float-gate-widths.js';
import { softenGates, type GateWidths } from './soften-gates.js';

const engine = referenceEngine();

/** One unit: max(0, min(x, 1)), and a copy of x. */
const clipped: Network = {
  name: 'clipped',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 1] }],
  nodes: [
    { name: 'clip', op: 'Clip', inputs: ['x', 'low', 'high'], outputs: ['y'], attributes: {} },
  ],
  constants: new Map([
    ['low', float32Tensor([], [0])],
    ['high', float32Tensor([], [1])],
  ]),
};

it('fixed units stay as they are, and float ones are as near as their width', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.constantFrom(0, 1e-4, 0.1, 1),
      async (value, width) => {
        const softened = softenGates(clipped, new Map([['clip', Float32Array.of(width)]]));
        await using kernel = await engine.load(softened);
        const x = float32Tensor([1, 1], [value]);
        const [y] = Object.values(await kernel.run({ x }));
        const exact = Math.min(1, Math.max(0, x.data[0] as number));
        // Each kink is rounded off by t ln 2 = width / 4 at most; 1e-6 for float32 constants.
        expect(Math.abs((y?.data[0] as number) - exact)).toBeLessThanOrEqual(width / 2 + 1e-6);
        if (width === 0) expect(y?.data[0]).toBe(exact);
      },
    ),
  );
});

it('a flat piece has a slope where the unit may leave it', async () => {
  const softened = softenGates(clipped, new Map([['clip', Float32Array.of(0.5)]]));
  const at = float32Tensor([1, 1], [1.1]);
  const cotangent = { kind: 'cotangent', cotangent: float32Tensor([1, 1], [1]) } as const;
  const slopes: number[] = [];
  for (const network of [clipped, softened]) {
    await using classifier = await createClassifier(engine, network, { bounds: [-5, 5] });
    slopes.push((await classifier.gradient?.(at, cotangent))?.gradient.data[0] as number);
  }
  expect(slopes[0]).toBe(0);
  expect(slopes[1]).toBeGreaterThan(0.1);
});

it('widths are the distance that pre-activations move, and 0 where nothing switches', async () => {
  const pairs = (from: number[], to: number[]) => ({
    x: float32Tensor([from.length, 1], from),
    moved: float32Tensor([to.length, 1], to),
  });
  const width = async (from: number[], to: number[]): Promise<number> =>
    (await floatGateWidths(engine, clipped, pairs(from, to))).get('clip')?.[0] as number;
  expect(await width([0.2, 0.4], [0.5, 0.9])).toBe(0);
  expect(await width([0.2, 0.8], [0.5, 1.2])).toBeCloseTo(Math.sqrt((0.09 + 0.16) / 2), 6);
  await expect(width([0.2], [])).rejects.toMatchObject({ code: 'invalid-argument' });
});

it('where nothing can switch every network computes what it computed, and elsewhere it has values', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), async ({ network, points }) => {
      const gates = gatesOf(foldConstants(network)).filter(isElementwise);
      const all = (width: number): GateWidths =>
        new Map(gates.map((gate) => [gate.node.name, new Float32Array(gate.units).fill(width)]));
      const x = points(0, 2);
      const outputs: number[][] = [];
      for (const made of [network, softenGates(network, all(0)), softenGates(network, all(0.5))]) {
        await using kernel = await engine.load({ ...made, outputs: made.outputs.slice(0, 1) });
        const [y] = Object.values(await kernel.run({ [network.inputs[0]?.name ?? '']: x }));
        outputs.push(Array.from(y?.data ?? [], Number));
      }
      expect(outputs[1]).toEqual(outputs[0]);
      expect(outputs[2]?.every(Number.isFinite)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
