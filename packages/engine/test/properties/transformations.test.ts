import {
  float32Tensor,
  numbersOf,
  sizeOf,
  type Bounds,
  type Feeds,
  type Float32Tensor,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addNoise,
  applyPreprocessing,
  dataValues,
  foldConstants,
  noisyInputs,
  prependNormalization,
  referenceEngine,
  withOutputs,
} from '../../src/index.js';
import { onRuntime } from '../support/engines.js';

async function output(
  engine: ReturnType<typeof referenceEngine>,
  network: Network,
  feeds: Feeds,
): Promise<number[]> {
  await using kernel = await engine.load(network);
  const fetches = await kernel.run(feeds);
  return network.outputs.flatMap(({ name }) => {
    const tensor = fetches[name];
    return tensor === undefined ? [] : [...numbersOf(tensor)];
  });
}

test('folding keeps the outputs and leaves no node without data', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), async ({ network, points }) => {
      const folded = foldConstants(network);
      const feeds = { x: points(0, 2) };
      const before = await output(referenceEngine(), network, feeds);
      const after = await output(referenceEngine(), folded, feeds);
      // A folded value is rounded to float32 once: 2^-24 of it, carried through weights of at most 4 per layer.
      const scale = Math.max(1, ...before.map(Math.abs));
      before.forEach((v, i) => {
        expect(Math.abs(v - (after[i] as number))).toBeLessThanOrEqual(1e-4 * scale);
      });
      const data = dataValues(folded);
      expect(folded.nodes.every((node) => node.inputs.some((name) => data.has(name)))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('withOutputs gives the same values in any order', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), async ({ network, points }) => {
      const names = network.nodes.flatMap((node) => node.outputs);
      const feeds = { x: points(0, 2) };
      const engine = referenceEngine();
      const forward = await output(engine, withOutputs(network, names), feeds);
      const single = await Promise.all(
        names.map((name) => output(engine, withOutputs(network, [name]), feeds)),
      );
      expect(single.flat()).toEqual(forward);
    }),
    { numRuns: 40 },
  );
});

/** A network on channels-last images: a product along the channels, so that a wrong layout shows. */
function channelsLast(layout: Preprocessing['layout']): Network {
  const perm = layout === 'nhwc' ? [0, 3, 1, 2] : [0, 1, 2, 3];
  const shape = layout === 'nhwc' ? [2, 3, 3] : [3, 2, 3];
  return {
    name: 'image',
    inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', ...shape] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 18] }],
    nodes: [
      { name: 'order', op: 'Transpose', inputs: ['image'], outputs: ['p'], attributes: { perm } },
      { name: 'scale', op: 'Mul', inputs: ['p', 'w'], outputs: ['q'], attributes: {} },
      { name: 'flat', op: 'Flatten', inputs: ['q'], outputs: ['logits'], attributes: {} },
    ],
    constants: new Map([['w', float32Tensor([3, 2, 1], [1, 2, 3, 5, 7, 11])]]),
  };
}

const decimals = (least: number, greatest: number): fc.Arbitrary<number> =>
  fc.integer({ min: least * 100, max: greatest * 100 }).map((v) => v / 100);
const perChannel = (value: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc.oneof(
    fc.tuple(value).map(([v]) => [v]),
    fc.tuple(value, value, value).map((v) => [...v]),
  );

test('preprocessing inside the network is the file on preprocessed data, bit for bit', async () => {
  const arbitrary = fc.record(
    {
      bounds: fc.constant<Bounds>([0, 1]),
      layout: fc.constantFrom<Preprocessing['layout']>('nchw', 'nhwc'),
      mean: perChannel(decimals(-1, 1)),
      std: perChannel(decimals(0.1, 2)),
    },
    { requiredKeys: ['bounds', 'layout'] },
  );
  await fc.assert(
    fc.asyncProperty(arbitrary, fc.nat(1000), async (preprocessing, salt) => {
      const file = channelsLast(preprocessing.layout);
      const x = float32Tensor(
        [2, 3, 2, 3],
        Float32Array.from({ length: 36 }, (_, i) => ((i * 31 + salt) % 256) / 255),
      );
      const inside = prependNormalization(file, preprocessing as Preprocessing);
      const input = inside.inputs[0]?.name ?? '';
      const fed = applyPreprocessing(x, preprocessing as Preprocessing);
      const expected = await output(onRuntime, file, { image: fed });
      expect(await output(onRuntime, inside, { [input]: x })).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

/** What a classifier on noisy inputs is defined to see: every step rounded to float32. */
function noisyByHand(
  center: Float32Tensor,
  noise: Float32Tensor,
  [low, high]: Bounds,
  [clipLow, clipHigh]: readonly [number, number],
): number[] {
  const { fround } = Math;
  return Array.from(noise.data, (j, i) => {
    const u = center.data[i % center.data.length] as number;
    let value = fround(Math.min(Math.max(fround(u + j), clipLow), clipHigh) / 255);
    if (high - low !== 1) value = fround(value * fround(high - low));
    return low === 0 ? value : fround(value + fround(low));
  });
}

/** Gives its input back through a convolution and a product that the runtime could merge with what comes before. */
function throughWeights(): Network {
  const image = ['batch', 1, 2, 2] as const;
  const unit = Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  return {
    name: 'identity by weights',
    inputs: [{ name: 'x', dtype: 'float32', shape: image }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 4] }],
    nodes: [
      { name: 'conv', op: 'Conv', inputs: ['x', 'one'], outputs: ['c'], attributes: {} },
      { name: 'flat', op: 'Flatten', inputs: ['c'], outputs: ['f'], attributes: {} },
      { name: 'fc', op: 'Gemm', inputs: ['f', 'unit'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map([
      ['one', float32Tensor([1, 1, 1, 1], [1])],
      ['unit', float32Tensor([4, 4], unit)],
    ]),
  };
}

const allBounds: readonly Bounds[] = [
  [0, 1],
  [-1, 1],
  [0, 255],
  [-0.42, 2.8],
  [0.1, 0.9],
];

test.each(allBounds)(
  'grid noise over [%d, %d] is the float32 formula, bit for bit',
  async (...bounds) => {
    const values = fc.array(fc.integer({ min: -1500, max: 1500 }), {
      minLength: 12,
      maxLength: 12,
    });
    const clips = fc.constantFrom([-255, 510] as const, [-1530, 1785] as const);
    await using kernel = await onRuntime.load(addNoise(throughWeights(), 'grid', bounds));
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
        clips,
        async (j, u, clip) => {
          const center = float32Tensor([1, 1, 2, 2], u);
          const noise = float32Tensor([3, 1, 2, 2], j);
          const fetches = await kernel.run({
            [noisyInputs.center]: center,
            [noisyInputs.noise]: noise,
            [noisyInputs.clipLow]: float32Tensor([], [clip[0]]),
            [noisyInputs.clipHigh]: float32Tensor([], [clip[1]]),
          });
          const seen = fetches[kernel.network.outputs[0]?.name ?? ''];
          // Adding the zeros of a product turns -0 into 0.
          const expected = noisyByHand(center, noise, bounds, clip).map((v) => v + 0);
          expect(Array.from(seen?.data ?? [], Number).map((v) => v + 0)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  },
);

test('float noise is one float32 sum', async () => {
  await using kernel = await onRuntime.load(addNoise(throughWeights(), 'float', [0, 1]));
  const center = float32Tensor([1, 1, 2, 2], [0.1, 0.2, 0.3, 0.7]);
  const noise = float32Tensor([2, 1, 2, 2], [0.01, -0.3, 1e-9, 2, 5, 1 / 3, -0.7, 0]);
  const fetches = await kernel.run({ [noisyInputs.center]: center, [noisyInputs.noise]: noise });
  const expected = Array.from(noise.data, (v, i) =>
    Math.fround((center.data[i % 4] as number) + v),
  );
  expect(Array.from(fetches['y']?.data ?? [], Number)).toEqual(expected);
});

test.each([
  'center',
  'noise',
  'clip_low',
  'x_add_1',
  'x_add_1_out',
  'pixels',
  'target',
  'gradient',
])('a network whose values are called "%s" can be transformed', async (name) => {
  const base = throughWeights();
  const named: Network = {
    ...base,
    inputs: base.inputs.map((input) => ({ ...input, name })),
    nodes: base.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => (input === 'x' ? name : input)),
    })),
  };
  const inner: Network = {
    ...base,
    nodes: base.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => (input === 'c' ? name : input)),
      outputs: node.outputs.map((made) => (made === 'c' ? name : made)),
    })),
  };
  const x = float32Tensor([1, 1, 2, 2], [1, 2, 3, 4]);
  for (const network of [named, inner]) {
    const noisy = addNoise(network, 'float', [0, 1]);
    expect(
      await output(onRuntime, noisy, {
        [noisyInputs.center]: x,
        [noisyInputs.noise]: float32Tensor([1, 1, 2, 2]),
      }),
    ).toEqual([1, 2, 3, 4]);
    const halved = prependNormalization(network, { bounds: [0, 1], layout: 'nchw', std: [0.5] });
    const input = halved.inputs[0]?.name ?? '';
    expect(sizeOf(x.shape)).toBe(4);
    expect(await output(onRuntime, halved, { [input]: x })).toEqual([2, 4, 6, 8]);
  }
});
