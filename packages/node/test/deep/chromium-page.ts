// Runs in the page and in Node: hashes of noise, and counts of one network under it.
import { float32Tensor, fillNormal, gridGaussian, type Network } from '@floatpath/core';
import { createLabelCounter } from '@floatpath/engine';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { countDraws, integerGaussian } from '@floatpath/smoothing';

const SIZE = 784;
const DRAWS = 1000;
const bounds = [0, 1] as const;

async function hashOf(values: Float32Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', values.slice().buffer);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const filled = (shape: readonly [number, number], salt: number) =>
  float32Tensor(
    shape,
    Array.from(
      { length: shape[0] * shape[1] },
      (_, i) => Math.round(4096 * Math.sin(7 * i + salt)) / 65536,
    ),
  );

const gemm = (name: string, inputs: readonly string[], output: string) => ({
  name,
  op: 'Gemm',
  inputs,
  outputs: [output],
  attributes: {},
});

const network: Network = {
  name: 'mlp',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', SIZE] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 10] }],
  nodes: [
    gemm('first', ['x', 'W1'], 'z'),
    { name: 'relu', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
    gemm('second', ['h', 'W2'], 'y'),
  ],
  constants: new Map([
    ['W1', filled([SIZE, 32], 1)],
    ['W2', filled([32, 10], 2)],
  ]),
};

export interface Made {
  readonly normals: string;
  readonly grid: string;
  readonly counts: readonly number[];
}

export async function makeNoise(ort: OrtModule): Promise<Made> {
  const normals = new Float32Array(DRAWS * SIZE);
  const grid = new Float32Array(DRAWS * SIZE);
  const sampler = gridGaussian(0.25);
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const key = { seed: 7, purpose: 'estimation', image: 3, draw } as const;
    fillNormal(normals, draw * SIZE, SIZE, key);
    sampler.fill(grid, draw * SIZE, SIZE, key);
  }
  const engine = ortEngine(ort, 'onnxruntime-web');
  await using counter = await createLabelCounter(engine, network, { bounds, arithmetic: 'grid' });
  const x = float32Tensor(
    [1, SIZE],
    Array.from({ length: SIZE }, (_, i) => ((37 * i) % 256) / 255),
  );
  const noise = integerGaussian({ sigma: 0.25, bounds });
  const how = {
    noise,
    purpose: 'estimation',
    image: 3,
    seed: 7,
    n: DRAWS,
    batchSize: 250,
  } as const;
  const { counts } = await countDraws(counter, x, how);
  return {
    normals: await hashOf(normals),
    grid: await hashOf(grid),
    counts: [...(counts[0] ?? [])],
  };
}
