import {
  float32Tensor,
  FloatpathError,
  int64Tensor,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOnnx, writeOnnx } from '../../src/index.js';
import { hasOnnxRuntime, runOnnx } from '../support/onnx-runtime.js';

const whole = fc.integer({ min: -8, max: 8 });
const weights = (shape: readonly number[]): fc.Arbitrary<Tensor> => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return fc
    .array(whole, { minLength: size, maxLength: size })
    .map((values) => float32Tensor(shape, values));
};

/** Conv, BatchNormalization, Relu, a residual Add, Reshape, Gemm with random extents; small integers as weights. */
const networks: fc.Arbitrary<Network> = fc
  .record({
    channels: fc.integer({ min: 1, max: 3 }),
    extent: fc.integer({ min: 3, max: 5 }),
    classes: fc.integer({ min: 1, max: 4 }),
    pads: fc.tuple(
      ...([0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 1 })) as [fc.Arbitrary<number>]),
    ),
    alpha: fc.constantFrom(1, 0.5, 2),
  })
  .chain(({ channels, extent, classes, pads, alpha }) => {
    const same = [channels, channels, 1, 1];
    return fc
      .record({
        w: weights([channels, 1, 3, 3]),
        residual: weights(same),
        scale: weights([channels]),
        fc: weights([classes, channels * windows(extent, pads, 0) * windows(extent, pads, 1)]),
      })
      .map((tensors) => build(channels, extent, pads, alpha, tensors));
  });

const windows = (extent: number, pads: readonly number[], axis: number): number =>
  extent + (pads[axis] ?? 0) + (pads[axis + 2] ?? 0) - 2;

function build(
  channels: number,
  extent: number,
  pads: readonly number[],
  alpha: number,
  tensors: Readonly<Record<'w' | 'residual' | 'scale' | 'fc', Tensor>>,
): Network {
  const ones = float32Tensor([channels], new Array<number>(channels).fill(1));
  const conv = (kernel: number, padding: readonly number[]): NetworkNode['attributes'] => ({
    dilations: [1, 1],
    group: 1,
    kernel_shape: [kernel, kernel],
    pads: padding,
    strides: [1, 1],
  });
  const gemm = { alpha, beta: 1, transA: 0, transB: 1 };
  const size = tensors.fc.shape[1] ?? 0;
  return {
    name: 'random',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, extent, extent] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', tensors.fc.shape[0] ?? 0] }],
    nodes: [
      { name: 'conv_1', op: 'Conv', inputs: ['x', 'w'], outputs: ['a'], attributes: conv(3, pads) },
      {
        name: 'batchnormalization_1',
        op: 'BatchNormalization',
        inputs: ['a', 'scale', 'scale', 'scale', 'ones'],
        outputs: ['b'],
        attributes: { epsilon: Math.fround(1e-5) },
      },
      { name: 'relu_1', op: 'Relu', inputs: ['b'], outputs: ['c'], attributes: {} },
      {
        name: 'conv_2',
        op: 'Conv',
        inputs: ['c', 'residual'],
        outputs: ['d'],
        attributes: conv(1, [0, 0, 0, 0]),
      },
      { name: 'add_1', op: 'Add', inputs: ['d', 'c'], outputs: ['e'], attributes: {} },
      { name: 'reshape_1', op: 'Reshape', inputs: ['e', 'target'], outputs: ['f'], attributes: {} },
      { name: 'gemm_1', op: 'Gemm', inputs: ['f', 'fc'], outputs: ['y'], attributes: gemm },
    ],
    constants: new Map<string, Tensor>([
      ['w', tensors.w],
      ['scale', tensors.scale],
      ['ones', ones],
      ['residual', tensors.residual],
      ['target', int64Tensor([2], [-1, size])],
      ['fc', tensors.fc],
    ]),
  };
}

/** Only coded errors may leave a reader, whatever the bytes. */
function readsOrRefuses(bytes: Uint8Array): void {
  const start = performance.now();
  try {
    readOnnx(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FloatpathError);
  }
  expect(performance.now() - start).toBeLessThan(5000);
}

describe('readOnnx and writeOnnx', () => {
  test('what was written reads back equal, and writes the same bytes', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const bytes = writeOnnx(network);
        const again = readOnnx(bytes);
        expect(again).toEqual(network);
        expect(writeOnnx(again)).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  test.skipIf(!hasOnnxRuntime)('ONNX Runtime runs what is written', async () => {
    await fc.assert(
      fc.asyncProperty(networks, fc.integer({ min: 1, max: 3 }), async (network, rows) => {
        const [, channels, height, width] = network.inputs[0]?.shape as [
          string,
          number,
          number,
          number,
        ];
        const x = float32Tensor([rows, channels, height, width]);
        const [y] = await runOnnx(writeOnnx(network), { x });
        expect(y?.shape).toEqual([rows, network.outputs[0]?.shape[1]]);
      }),
      { numRuns: 10 },
    );
  });

  test('truncated files are malformed', () => {
    const [network] = fc.sample(networks, { numRuns: 1, seed: 1 }) as [Network];
    const bytes = writeOnnx(network);
    // Field by field, a file cut between two fields can still be a smaller model: all others must be named malformed.
    for (let length = 0; length < bytes.length; length += 1)
      readsOrRefuses(bytes.subarray(0, length));
    expect(() => readOnnx(bytes.subarray(0, bytes.length >> 1))).toThrow(
      expect.objectContaining({ code: 'malformed-file' }),
    );
  });

  test('flipped, removed and inserted bytes give a network or a coded error', () => {
    const edits = fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        byte: fc.nat(255),
        kind: fc.nat(2),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(networks, edits, (network, list) => {
        const bytes = Array.from(writeOnnx(network));
        for (const { at, byte, kind } of list) {
          const where = Math.floor(at * (bytes.length - 1));
          bytes.splice(where, kind === 2 ? 0 : 1, ...(kind === 1 ? [] : [byte]));
        }
        readsOrRefuses(Uint8Array.from(bytes));
      }),
      { numRuns: 400 },
    );
  });

  test('random bytes are malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => readOnnx(bytes)).toThrow(expect.objectContaining({ code: 'malformed-file' }));
      }),
    );
  });

  test('graphs nested without end are malformed', () => {
    // A graph (field 7) with a node (1) with an attribute (5) with a graph (6) with a node ...: each layer wraps the last.
    const varint = (value: number): number[] =>
      value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
    const layers: number[][] = [];
    for (let depth = 0, length = 0; depth < 60_000; depth += 1) {
      const header = [[0x32, 0x2a, 0x0a][depth % 3] as number, ...varint(length)];
      layers.push(header);
      length += header.length;
    }
    const inside = layers.reverse().flat();
    const bytes = Uint8Array.from([0x3a, ...varint(inside.length), ...inside]);
    expect(() => readOnnx(bytes)).toThrow(expect.objectContaining({ code: 'malformed-file' }));
  });
});
