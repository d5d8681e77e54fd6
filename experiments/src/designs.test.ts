import { createRequire } from 'node:module';
import { fillUniform, float32Tensor, numbersOf, type Network, type Tensor } from '@floatpath/core';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { repressFloatPaths, type Denoiser } from '@floatpath/sc-rfp';
import { expect, test } from 'vitest';
import { combine } from './designs/combine.js';
import { denseLayers, withHead } from './designs/dense-layers.js';
import { fixedUpToLayers, layerLambda } from './designs/layer-lambda.js';
import { allFloat, behindLook, denoisedLook, differsFromLook, nearAtLook } from './designs/look.js';
import { opposing } from './designs/opposing.js';
import { emitRidgeDenoised, learnRidgeDenoiser } from './ridge-denoiser.js';

const engine = ortEngine(
  createRequire(import.meta.url)('onnxruntime-node') as OrtModule,
  'onnxruntime-node',
);

function random(shape: readonly number[], draw: number) {
  const out = new Float64Array(shape.reduce((a, b) => a * b, 1));
  fillUniform(out, { seed: 9, purpose: 'calibration', image: 0, draw });
  return float32Tensor(
    shape,
    Float32Array.from(out, (u) => 2 * u - 1),
  );
}

const node = (name: string, op: string, inputs: string[], output: string, attributes = {}) => ({
  ...{ name, op, inputs, attributes },
  outputs: [output],
});
/** 1 x 4 x 4 images, 16-8-6-3. */
const network: Network = {
  name: 'small',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 4, 4] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 3] }],
  nodes: [
    node('flatten', 'Flatten', ['x'], 'f', { axis: 1 }),
    node('a', 'Gemm', ['f', 'W1', 'b1'], 'z1', { transB: 1 }),
    node('g1', 'Relu', ['z1'], 'h1'),
    node('b', 'Gemm', ['h1', 'W2', 'b2'], 'z2', { transB: 1 }),
    node('g2', 'Relu', ['z2'], 'h2'),
    node('c', 'Gemm', ['h2', 'W3', 'b3'], 'y', { transB: 1 }),
  ],
  constants: new Map([
    ['W1', random([8, 16], 1)],
    ['b1', random([8], 2)],
    ['W2', random([6, 8], 3)],
    ['b2', random([6], 4)],
    ['W3', random([3, 6], 5)],
    ['b3', random([3], 6)],
  ]),
};
const denoiser: Denoiser = {
  kind: 'full',
  sigma: 0.5,
  imageShape: [1, 4, 4],
  weights: float32Tensor(
    [16, 16],
    random([16, 16], 7).data.map((v) => v / 8),
  ),
  bias: random([16], 8),
};
const look = denoisedLook(network, denoiser);
const deviations = new Map([
  ['g1', new Float32Array(8).fill(0.6)],
  ['g2', new Float32Array(6).fill(0.6)],
]);
const near = nearAtLook(network, look, { kappa: 1, deviations });
const x = random([32, 1, 4, 4], 10);

async function run(made: Network): Promise<readonly number[]> {
  await using kernel = await engine.load(made);
  const fetches = await kernel.run({ x });
  return [...numbersOf(fetches[made.outputs[0]?.name ?? ''] as Tensor)];
}
const close = (a: readonly number[], b: readonly number[]) =>
  // Sums of at most 16 float32 products of sizes about 1, in another order.
  a.forEach((v, i) => expect(Math.abs(v - (b[i] as number))).toBeLessThan(2e-5));
const differ = (a: readonly number[], b: readonly number[]) =>
  expect(Math.max(...a.map((v, i) => Math.abs(v - (b[i] as number))))).toBeGreaterThan(1e-2);
const pathSum = (partition: typeof near, lambda: number) =>
  repressFloatPaths(network, { partition, lambdas: [lambda], form: 'path-sum' });

test('one lambda for all layers is the path sum, lambda 1 the network', async () => {
  const parts = fixedUpToLayers(network, near);
  close(await run(layerLambda(parts, [0.3, 0.3])), await run(pathSum(near, 0.3)));
  close(await run(layerLambda(parts, [1, 1])), await run(network));
  differ(await run(layerLambda(parts, [0.3, 1])), await run(layerLambda(parts, [1, 0.3])));
});

test('a combination is the weighted sum of logits', async () => {
  const [n, behind] = [await run(network), await run(behindLook(network, look))];
  differ(n, behind);
  const mixed = await run(combine([network, behindLook(network, look)], [0.25, 2]));
  close(
    mixed,
    n.map((v, i) => 0.25 * v + 2 * (behind[i] as number)),
  );
});

test('signs that differ from those at a look of the input itself are none', async () => {
  const same = differsFromLook(network, () => 'x');
  close(await run(pathSum(same, 0)), await run(network));
  differ(await run(pathSum(differsFromLook(network, look), 0)), await run(network));
});

test('only what moves the margin toward another class is taken away', async () => {
  const { w1, b1, w2 } = denseLayers(network);
  const n = await run(network);
  const behind = await run(behindLook(network, look));
  const z = await run({
    ...network,
    outputs: [{ ...network.outputs[0]!, name: 'h1', shape: ['batch', 8] }],
  });
  const expected = n.map((value, i) => {
    const [row, j] = [Math.floor(i / 3), i % 3];
    const own = behind.slice(row * 3, row * 3 + 3);
    const c = own.indexOf(Math.max(...own));
    let removed = 0;
    for (let u = 0; u < 6; u += 1) {
      let sum = b1[u] as number;
      for (let k = 0; k < 8; k += 1) sum += (w1[u * 8 + k] as number) * (z[row * 8 + k] as number);
      const toward = (w2[j * 6 + u] as number) - (w2[c * 6 + u] as number);
      removed += Math.max(0, toward * Math.max(0, sum));
    }
    return value - 0.5 * removed;
  });
  close(await run(opposing(network, look, { partition: allFloat, lambda: 0.5 })), expected);
  differ(expected, n);
});

test('another head takes the place of the last two layers', async () => {
  const head = denseLayers(network);
  close(await run(withHead(network, head)), await run(network));
  const doubled = { ...head, w2: head.w2.map((v) => 2 * v), b2: head.b2.map((v) => 2 * v) };
  close(
    await run(withHead(network, doubled)),
    (await run(network)).map((v) => 2 * v),
  );
});

test('the learned denoiser is nearer to the image than its noisy copy', async () => {
  const clean = float32Tensor(
    [40, 1, 8, 8],
    Float32Array.from({ length: 40 * 64 }, (_, i) =>
      (i >> 3) % 8 < 2 + (Math.floor(i / 64) % 5) ? 1 : 0,
    ),
  );
  const noise = random([40, 1, 8, 8], 11);
  const noisy = float32Tensor(
    clean.shape,
    clean.data.map((v, i) => v + (noise.data[i] as number)),
  );
  const learned = learnRidgeDenoiser(clean, noisy, 0);
  const { createGraphBuilder } = await import('@floatpath/engine');
  const value = { name: 'z', dtype: 'float32', shape: ['batch', 1, 8, 8] } as const;
  const graph = createGraphBuilder();
  graph.input(value);
  const name = emitRidgeDenoised(graph, learned, 'z');
  await using kernel = await engine.load(graph.build('denoiser', [{ ...value, name }]));
  const denoised = numbersOf((await kernel.run({ z: noisy }))[name] as Tensor);
  const error = (values: ArrayLike<number>) =>
    clean.data.reduce((sum, v, i) => sum + (v - (values[i] as number)) ** 2, 0);
  expect(error(denoised)).toBeLessThan(0.4 * error(noisy.data));
});
