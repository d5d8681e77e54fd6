import { afterEach, describe, expect, test, vi } from 'vitest';
import { gridGaussianCuts, streamState, type StreamKey } from '../src/index.js';
import { gridTable, type GridTable } from '../src/random/grid-table.js';
import { twinKernels, type NoiseKernels } from '../src/random/noise-kernels.js';
import { noiseWasm } from '../src/random/noise-wasm.js';
import { createNoiseKernels } from '../src/random/shared-kernels.js';
import { wasmKernels } from '../src/random/wasm-kernels.js';

const moduleBytes = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(noiseWasm, 'base64'));
const wasm = wasmKernels(moduleBytes());

function tableOf(sigma: number, width = 1): GridTable {
  const { limit, cuts } = gridGaussianCuts(sigma, width);
  return gridTable(limit, cuts);
}

type Fill = (
  kernels: NoiseKernels,
  out: Float32Array,
  at: number,
  size: number,
  stream: StreamKey,
) => void;

const words: Fill = (kernels, out, at, size, stream) => {
  kernels.fillWords(
    new Uint32Array(out.buffer, out.byteOffset + 4 * at, size),
    streamState(stream),
  );
};
const normals: Fill = (kernels, out, at, size, stream) => {
  kernels.fillNormal(out, at, size, streamState(stream));
};
const grid = (table: GridTable): Fill => {
  return (kernels, out, at, size, stream) => {
    const undecided = kernels.fillGrid(out, at, size, streamState(stream), table);
    expect(undecided).toBe(out.subarray(at, at + size).filter(Number.isNaN).length);
  };
};
const fills: Record<string, Fill> = {
  words,
  normals,
  'grid, sigma 0.001': grid(tableOf(0.001)),
  'grid, sigma 0.12': grid(tableOf(0.12)),
  'grid, sigma 0.25': grid(tableOf(0.25)),
  'grid, sigma 1': grid(tableOf(1)),
  'grid, sigma 2.5': grid(tableOf(2.5)),
  'grid, sigma 0.5 over width 3.7': grid(tableOf(0.5, 3.7)),
};

/** The number of 32-bit patterns that differ. */
function differences(fill: Fill, kernels: NoiseKernels, size: number, at: number, key: StreamKey) {
  const [ours, twins] = [kernels, twinKernels].map((filler) => {
    const out = new Float32Array(at + size + 3).fill(77);
    fill(filler, out, at, size, key);
    return new Uint32Array(out.buffer);
  }) as [Uint32Array, Uint32Array];
  return ours.reduce((sum, bits, i) => sum + Number(bits !== twins[i]), 0);
}

const sizes = [0, 1, 3, 4, 5, 15, 16, 17, 783, 784, 100_003];
/** Keys with seeds above and below 2^32 and counter words with the top bit set and not. */
const keys: readonly StreamKey[] = Array.from({ length: 3 }, (_, i) => ({
  seed: [0, 0x9e3779b97f4a7, 2 ** 53 - 1][i] as number,
  purpose: (['selection', 'stevens', 'attack'] as const)[i] as StreamKey['purpose'],
  image: [0, 0xfedcba98, 0x7fffffff][i] as number,
  draw: [0xffffffff, 1, 0x80000000][i] as number,
  lane: [0, 2 ** 23 - 1, 0x2aaaaa][i] as number,
}));

test.each(Object.entries(fills))('WebAssembly gives the bits of its twin: %s', (_, fill) => {
  for (const key of keys) {
    for (const size of sizes) {
      for (const at of size === 100_003 ? [1] : [0, 1, 6]) {
        expect([key, size, at, differences(fill, wasm, size, at, key)]).toEqual([key, size, at, 0]);
      }
    }
  }
});

test('a million words and normals of random keys are the same', () => {
  const random = new Uint32Array(5 * 160);
  twinKernels.fillWords(random, streamState(keys[1] as StreamKey));
  for (let i = 0; i < random.length; i += 5) {
    const [seedLow, seedHigh, image, draw, lane] = random.subarray(i, i + 5);
    const key: StreamKey = {
      seed: ((seedHigh as number) >>> 11) * 2 ** 32 + (seedLow as number),
      purpose: 'estimation',
      image: image as number,
      draw: draw as number,
      lane: (lane as number) >>> 9,
    };
    expect(differences(words, wasm, 6_421, 0, key)).toBe(0);
    expect(differences(normals, wasm, 6_421, 0, key)).toBe(0);
  }
});

test('samplers may take turns, and each finds its own table', () => {
  const [first, second] = [grid(tableOf(0.1)), grid(tableOf(0.7))];
  for (const key of keys) {
    expect(differences(first, wasm, 784, 0, key)).toBe(0);
    expect(differences(second, wasm, 784, 0, key)).toBe(0);
  }
});

test('the largest table of a sigma runs in WebAssembly; a larger one is left to the twin', () => {
  const key = keys[1] as StreamKey;
  const fillGridTwin = vi.spyOn(twinKernels, 'fillGrid');
  const draw = (table: GridTable): void => {
    wasm.fillGrid(new Float32Array(9), 0, 9, streamState(key), table);
  };
  const largest = 47_688;
  const cuts = BigUint64Array.from({ length: 60_000 }, (_, i) => (BigInt(i * 70_000) << 32n) | 9n);
  draw(gridTable(0, cuts.subarray(0, largest)));
  expect(fillGridTwin).not.toHaveBeenCalled();
  draw(gridTable(0, cuts));
  expect(fillGridTwin).toHaveBeenCalledOnce();
  fillGridTwin.mockRestore();
  expect(differences(grid(gridTable(0, cuts)), wasm, 10_000, 0, key)).toBe(0);
});

describe('control: the comparison sees one bit of one constant', () => {
  const float = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);
  const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

  // The first coefficients and the half reach few results: their last bits are lost in later roundings.
  test.each([
    ['Philox multiplier', words, word(0xcd9e8d57), 0],
    ['Philox key step', words, word(0x9e3779b9), 0],
    ['half of a unit in the uniform', normals, float(2 ** -33), 23],
    ['logarithm, first coefficient', normals, float(7.0376836292e-2), 8],
    ['logarithm, last coefficient', normals, float(3.3333331174e-1), 0],
    ['ln 2, lower part', normals, float(-2.1219444e-4), 0],
    ['2 pi', normals, float(6.2831855), 0],
    ['sine', normals, float(-1.6666654611e-1), 0],
    ['cosine, first coefficient', normals, float(2.443315711809948e-5), 8],
  ] as const)('%s', (_, fill, constant, bit) => {
    const bytes = moduleBytes();
    const lanes = Buffer.concat([constant, constant, constant, constant]);
    let found = 0;
    for (let at = 0; (at = Buffer.from(bytes.buffer).indexOf(lanes, at)) >= 0; at += 16) {
      for (let lane = 0; lane < 16; lane += 4)
        (bytes[at + lane + (bit >> 3)] as number) ^= 1 << (bit & 7);
      found += 1;
    }
    expect(found).toBeGreaterThan(0);
    expect(differences(fill, wasmKernels(bytes), 100_003, 0, keys[1] as StreamKey)).toBeGreaterThan(
      0,
    );
  });
});

describe('the kernels of a platform', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('are WebAssembly where it has SIMD', () => {
    expect(createNoiseKernels()).not.toBe(twinKernels);
  });

  const refuse = (): never => {
    throw new Error('refused by the content security policy');
  };
  test.each([
    ['no WebAssembly', undefined],
    ['no SIMD', { validate: (): boolean => false }],
    [
      'a policy against WebAssembly',
      { validate: (): boolean => true, Module: refuse, Instance: refuse },
    ],
  ])('are the twin where there is %s', (_, platform) => {
    vi.stubGlobal('WebAssembly', platform);
    expect(createNoiseKernels()).toBe(twinKernels);
  });
});
