// Layers models that TensorFlow.js itself makes, saves and runs.
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers as L,
  model,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { readModel } from '../../src/index.js';
import { relativeDifference, runNetwork, waves } from '../support/networks.js';
import { hasOnnxRuntime } from '../support/onnx-runtime.js';
import { folderOf, runLayersModel, savedLayers, type Folder } from '../support/tfjs.js';

const read = ({ model: json, files }: Folder) =>
  readModel(json, { name: 'm', externalData: (path) => files.get(path) });

/** Weights that are nowhere zero; variances stay positive. */
function randomized(made: LayersModel): LayersModel {
  made.setWeights(
    made.weights.map((weight, i) => {
      const draws = tf.randomNormal(weight.shape as number[], 0, 0.4, 'float32', i + 1);
      return weight.name.includes('variance') ? tf.add(tf.abs(draws), 0.5) : draws;
    }),
  );
  return made;
}

type Chain = Parameters<typeof sequential>[0];
const chain = (layers: NonNullable<NonNullable<Chain>['layers']>): LayersModel =>
  randomized(sequential({ layers }));

const inputShape = [6, 5, 3];

const models: Readonly<Record<string, () => LayersModel>> = {
  'convolutions, strides and padding': () =>
    chain([
      L.zeroPadding2d({
        inputShape,
        padding: [
          [1, 0],
          [2, 1],
        ],
      }),
      L.conv2d({
        filters: 4,
        kernelSize: [3, 2],
        strides: [2, 1],
        padding: 'same',
        activation: 'relu',
      }),
      L.batchNormalization({ axis: -1 }),
      L.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, activation: 'relu6' }),
      L.separableConv2d({ filters: 3, kernelSize: 2, padding: 'same', useBias: false }),
      L.flatten(),
      L.dense({ units: 4, activation: 'softmax' }),
    ]),
  'transposed convolution, resizing and pools': () =>
    chain([
      L.conv2dTranspose({ inputShape, filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
      L.leakyReLU({ alpha: 0.1 }),
      L.upSampling2d({ size: [2, 1] }),
      L.upSampling2d({ size: [1, 2], interpolation: 'bilinear' }),
      L.cropping2D({
        cropping: [
          [1, 0],
          [2, 3],
        ],
      }),
      L.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      L.maxPooling2d({ poolSize: [2, 3], strides: [1, 2] }),
      L.globalAveragePooling2d({}),
      L.dense({ units: 3, activation: 'linear' }),
    ]),
  'transposed convolution with gaps': () =>
    chain([
      L.conv2dTranspose({ inputShape, filters: 2, kernelSize: 2, strides: 3, padding: 'valid' }),
      L.prelu({ sharedAxes: [1, 2] }),
      L.globalMaxPooling2d({}),
    ]),
  activations: () =>
    chain([
      L.dense({ inputShape: [7], units: 6, activation: 'hardSigmoid' }),
      L.dense({ units: 6, activation: 'selu' }),
      L.elu({}),
      L.dense({ units: 6, activation: 'softplus' }),
      L.reLU({ maxValue: 2 }),
      L.dense({ units: 6, activation: 'softsign', useBias: false }),
      L.prelu({}),
      L.dropout({ rate: 0.4 }),
      L.dense({ units: 5, activation: 'tanh' }),
      L.softmax({ axis: -1 }),
    ]),
  tables: () =>
    chain([
      L.permute({ inputShape: [4, 6], dims: [2, 1] }),
      L.conv1d({ filters: 3, kernelSize: 2, strides: 2 }),
      L.dense({ units: 4, activation: 'relu' }),
      L.reshape({ targetShape: [2, 6] }),
      L.flatten(),
      L.dense({ units: 2 }),
    ]),
  'branches that meet': () => {
    const x = input({ shape: inputShape });
    const a = L.conv2d({ filters: 3, kernelSize: 1 }).apply(x) as SymbolicTensor;
    const sum = L.add().apply([x, a] as never);
    const product = L.multiply().apply([sum, a] as never);
    const low = L.minimum().apply([product, x] as never);
    const mean = L.average().apply([low, sum, x] as never);
    const joined = L.concatenate({ axis: 2 }).apply([
      mean,
      L.maximum().apply([x, a] as never),
    ] as never);
    const flat = L.flatten().apply(joined as never);
    return randomized(
      model({ inputs: x, outputs: [L.dense({ units: 3 }).apply(flat) as never, joined as never] }),
    );
  },
  'a model within a model': () => {
    const inner = sequential({
      layers: [L.dense({ inputShape: [4], units: 4, activation: 'relu' }), L.dense({ units: 4 })],
    });
    const outer = sequential();
    outer.add(L.dense({ inputShape: [5], units: 4 }));
    outer.add(inner);
    outer.add(L.dense({ units: 2 }));
    return randomized(outer);
  },
};

describe('TensorFlow.js and our graph agree on', () => {
  test.skipIf(!hasOnnxRuntime).each(Object.entries(models))('%s', async (_, make) => {
    const made = make();
    const folder = await savedLayers(made, 3);
    const [, ...row] = (made.inputs[0]?.shape ?? []) as number[];
    const x = waves([2, ...row]);
    const theirs = await runLayersModel(folder, x);
    const ours = await runNetwork(read(folder).network, x);
    expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape));
    // float32 on both sides, summed in another order.
    ours.forEach(({ data }, i) =>
      expect(relativeDifference(data, theirs[i]?.data ?? [])).toBeLessThan(1e-5),
    );
  });
});

interface ModelJson {
  modelTopology: unknown;
  weightsManifest: { paths: string[]; weights: Record<string, unknown>[] }[];
}

const dense = (): Promise<Folder> =>
  savedLayers(chain([L.dense({ inputShape: [4], units: 3, name: 'only' })]));
const jsonOf = ({ model: json }: Folder): ModelJson =>
  JSON.parse(new TextDecoder().decode(json)) as ModelJson;

describe('quantized weights', () => {
  const bits = { uint8: Uint8Array, uint16: Uint16Array, float16: Uint16Array };
  test.skipIf(!hasOnnxRuntime).each(Object.keys(bits) as (keyof typeof bits)[])(
    '%s',
    async (dtype) => {
      const json = jsonOf(await dense());
      const values = bits[dtype].from(Array.from({ length: 15 }, (_, i) => (i * 37) % 251));
      for (const weight of json.weightsManifest[0]?.weights ?? [])
        weight['quantization'] = { dtype, scale: 0.01, min: -0.5, original_dtype: 'float32' };
      const folder = folderOf(json, new Map([['shard1', new Uint8Array(values.buffer)]]));
      const [theirs] = await runLayersModel(folder, waves([2, 4]));
      const model = read(folder);
      const [ours] = await runNetwork(model.network, waves([2, 4]));
      expect(relativeDifference(ours?.data ?? [], theirs?.data ?? [])).toBeLessThan(1e-5);
      expect(model.facts?.notes.join()).toMatch(new RegExp(`${dtype}.*widened`));
    },
  );
});

test('ways of writing the same model down', async () => {
  const folder = await dense();
  const { network } = read(folder);
  const same = (change: (json: ModelJson) => void): void => {
    const json = jsonOf(folder);
    change(json);
    expect(read(folderOf(json, folder.files)).network).toEqual(network);
  };
  same((json) => delete (json as unknown as Record<string, unknown>)['format']);
  same((json) => (json.modelTopology = JSON.stringify(json.modelTopology)));
  same(
    (json) => (json.modelTopology = { model_config: json.modelTopology, keras_version: '2.2.2' }),
  );
  same((json) => (json.modelTopology = { model_config: JSON.stringify(json.modelTopology) }));
  same((json) => {
    const topology = json.modelTopology as { config: { layers: unknown } };
    json.modelTopology = { ...topology, config: topology.config.layers };
  });
  same((json) =>
    json.weightsManifest.forEach((group) => (group.paths = group.paths.map((path) => `./${path}`))),
  );
});

test('reads as the same model from its own bytes, which hold all of its files', async () => {
  const model = read(await dense());
  expect(model.format).toBe('tfjs-layers');
  expect(readModel(model.bytes, { name: 'm' })).toEqual(model);
});

test.each<[string, (json: ModelJson) => void, Record<string, unknown>]>([
  [
    'a path out of the folder',
    (json) => json.weightsManifest[0]?.paths.splice(0, 1, '../secret'),
    { code: 'malformed-file' },
  ],
  [
    'an absolute path',
    (json) => json.weightsManifest[0]?.paths.splice(0, 1, '/etc/passwd'),
    { code: 'malformed-file' },
  ],
  [
    'a file that is not there',
    (json) => json.weightsManifest[0]?.paths.splice(0, 1, 'gone.bin'),
    { code: 'file-not-found', message: expect.stringContaining('gone.bin') as string },
  ],
  [
    'a weight too long for its file',
    (json) =>
      (json.weightsManifest[0] as { weights: { shape?: unknown }[] }).weights.forEach(
        (weight) => (weight.shape = [4, 1e9]),
      ),
    { code: 'malformed-file', message: expect.stringContaining('only/kernel') as string },
  ],
  [
    'a weight that is missing',
    (json) =>
      json.weightsManifest[0]?.weights.splice(0, 1, {
        name: 'other',
        shape: [4, 3],
        dtype: 'float32',
      }),
    { code: 'malformed-file', message: expect.stringContaining('only') as string },
  ],
  [
    'a layer of another kind',
    (json) =>
      (json.modelTopology = JSON.parse(
        JSON.stringify(json.modelTopology).replace('"Dense"', '"GRU"'),
      )),
    { code: 'unsupported-op', message: expect.stringMatching(/GRU.*only/) as string },
  ],
])('%s is refused', async (_, change, thrown) => {
  const folder = await dense();
  const json = jsonOf(folder);
  change(json);
  expect(() => read(folderOf(json, folder.files))).toThrow(expect.objectContaining(thrown));
});
