// TensorFlow.js running a model's own files: the oracle of its readers.
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import type { Float32Tensor } from '@floatpath/core';
import type { RunResult } from './onnx-runtime.js';

/** A model as it lies in a folder. */
export interface Folder {
  readonly model: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const utf8 = {
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

export const folderOf = (json: unknown, files: ReadonlyMap<string, Uint8Array>): Folder => ({
  model: utf8.encode(JSON.stringify(json)),
  files,
});

/** Saves a model as a folder, its weights cut into `shards` files. */
export async function savedLayers(model: LayersModel, shards = 1): Promise<Folder> {
  let saved: Folder | undefined;
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const all = new Uint8Array(weightData as ArrayBuffer);
      const size = Math.ceil(all.length / shards);
      const paths = Array.from({ length: shards }, (_, i) => `shard${i + 1}`);
      saved = folderOf(
        {
          format: 'layers-model',
          modelTopology,
          weightsManifest: [{ paths, weights: weightSpecs }],
        },
        new Map(paths.map((path, i) => [path, all.slice(i * size, (i + 1) * size)])),
      );
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  if (saved === undefined) throw new Error('nothing was saved');
  return saved;
}

function handlerOf({ model, files }: Folder): tf.io.IOHandler {
  const json = JSON.parse(utf8.decode(model)) as Record<string, unknown> & {
    weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
  };
  return {
    load: async () => ({
      modelTopology: json['modelTopology'] as object,
      format: json['format'] as string,
      signature: json['signature'] as object,
      userDefinedMetadata: json['userDefinedMetadata'] as Record<string, never>,
      weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
      weightData: Uint8Array.from(
        json.weightsManifest.flatMap(({ paths }) =>
          paths.flatMap((path) => [...(files.get(path.replace('./', '')) ?? [])]),
        ),
      ).buffer,
    }),
  };
}

async function results(made: tf.Tensor | tf.Tensor[]): Promise<RunResult[]> {
  const list = Array.isArray(made) ? made : [made];
  return Promise.all(list.map(async (t) => ({ shape: t.shape, data: Array.from(await t.data()) })));
}

export async function runLayersModel(folder: Folder, x: Float32Tensor): Promise<RunResult[]> {
  const model = await loadLayersModel(handlerOf(folder));
  return results(model.predict(tf.tensor(x.data, [...x.shape])) as tf.Tensor);
}

export async function runGraphModel(folder: Folder, x: Float32Tensor): Promise<RunResult[]> {
  const model = await loadGraphModel(handlerOf(folder));
  return results((await model.executeAsync(tf.tensor(x.data, [...x.shape]))) as tf.Tensor);
}
