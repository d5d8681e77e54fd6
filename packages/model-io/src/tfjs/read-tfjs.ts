import { FloatpathError } from '@floatpath/core';
import { archiveOf, filesOf } from '../archive.js';
import { asReader, malformedIn } from '../as-reader.js';
import type { FileNetwork } from '../file-network.js';
import type { ExternalData } from '../onnx/external-data.js';
import { readGraphModel } from './graph-model.js';
import { readLayersModel } from './layers-model.js';
import { readModelJson, tfjsShards } from './model-json.js';
import { readTfjsWeights } from './weights.js';

const MODEL = 'model.json';

export interface ReadTfjsOptions {
  /** Name of the network. */
  readonly name: string;
}

/**
 * A TensorFlow.js model as one file: `model.json` and its weights in an uncompressed zip archive.
 *
 * @param modelJson - bytes of `model.json`
 * @param externalData - gives the bytes of a file beside it; `location` is a path within its folder
 * @throws {FloatpathError} `malformed-file`, `file-not-found`
 */
export function tfjsArchive(modelJson: Uint8Array, externalData: ExternalData): Uint8Array {
  const files = new Map([[MODEL, modelJson]]);
  for (const path of tfjsShards(modelJson)) {
    const bytes = externalData(path);
    if (bytes === undefined) {
      throw new FloatpathError(
        'file-not-found',
        `readTfjs: expected weights in the file "${path}" beside the model, got no such file; keep all of them in one folder`,
      );
    }
    if (path !== MODEL) files.set(path, bytes);
  }
  return archiveOf(files);
}

/**
 * What an archive of a TensorFlow.js model holds: `model.json` and what its paths name.
 *
 * @throws {FloatpathError} `malformed-file`
 */
export function tfjsFiles(archive: Uint8Array): {
  readonly modelJson: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
} {
  const files = filesOf('readTfjs', archive);
  const modelJson = files.get(MODEL);
  if (modelJson !== undefined) return { modelJson, files };
  throw malformedIn('readTfjs')(`expected an entry "${MODEL}" in the archive, got none`);
}

/**
 * Reads a TensorFlow.js model, layers or graph, with weights in float32 or quantized.
 *
 * @param archive - as `tfjsArchive` makes it
 * @throws {FloatpathError} `malformed-file`, `file-not-found` (weights), `unsupported-op` naming the layer or node,
 * `unsupported-format`, `invalid-network`
 */
export function readTfjs(archive: Uint8Array, { name }: ReadTfjsOptions): FileNetwork {
  return asReader('readTfjs', () => {
    const { modelJson, files } = tfjsFiles(archive);
    const { kind, topology, all } = readModelJson(modelJson);
    const weights = readTfjsWeights(all['weightsManifest'], (path) => files.get(path));
    const read =
      kind === 'tfjs-graph'
        ? readGraphModel(name, topology, all, weights)
        : readLayersModel(name, topology, weights);
    return {
      ...read,
      notes: [...weights.quantized].map(
        (type) =>
          `weights stored as ${type} are read as the float32 numbers that they stand for: path analysis describes the widened network`,
      ),
    };
  });
}
