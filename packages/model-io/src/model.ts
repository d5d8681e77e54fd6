import {
  FloatpathError,
  type GraphModel,
  type Model,
  type ModelFormat,
  type OpaqueModel,
  type Preprocessing,
} from '@floatpath/core';
import { detectFormat, unpackedModel } from './detect.js';
import type { FileNetwork } from './file-network.js';
import {
  kerasJsonArchive,
  readKerasArchive,
  readKerasH5,
  readKerasJson,
} from './keras/read-keras.js';
import { readNnet } from './nnet/read-nnet.js';
import { plainBytes } from './plain-bytes.js';
import { onnxWithWeights } from './safetensors/onnx-weights.js';
import { declaredTfjs } from './tfjs/declared.js';
import { readTfjs, tfjsArchive } from './tfjs/read-tfjs.js';
import { inlineExternalData, type ExternalData } from './onnx/external-data.js';
import { widenedNotes } from './onnx/facts.js';
import { declaredValues } from './onnx/opaque.js';
import { readOnnx } from './onnx/read.js';

const readers: Readonly<
  Record<ModelFormat, (bytes: Uint8Array, options: { readonly name: string }) => FileNetwork>
> = {
  onnx: (bytes, options) => ({ network: readOnnx(bytes, options), notes: widenedNotes(bytes) }),
  'tfjs-layers': readTfjs,
  'tfjs-graph': readTfjs,
  'keras-h5': readKerasH5,
  'keras-archive': readKerasArchive,
  'keras-json': readKerasJson,
  nnet: readNnet,
};

export interface ReadModelOptions {
  /** The model's name in reports, e.g. the file name without its extension. */
  readonly name: string;
  /** Gives files that the model stores beside itself; the model's `bytes` then hold them too. */
  readonly externalData?: ExternalData;
  /**
   * Weights for a model that is only an architecture: a safetensors file for an ONNX model (tensors take the place of initializers
   * by name) or for Keras' JSON (`layer/weight`), or an HDF5 file of `save_weights` for Keras' JSON.
   */
  readonly weights?: Uint8Array;
}

type ModelFile = Pick<GraphModel, 'name' | 'format' | 'bytes'> & {
  readonly notes: readonly string[];
};

const isArchive = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** Weights put into an ONNX model or beside an architecture. */
function withWeights(
  format: ModelFormat,
  bytes: Uint8Array,
  weights: Uint8Array,
): Omit<ModelFile, 'name'> {
  if (format === 'keras-json' && !isArchive(bytes))
    return { format, bytes: kerasJsonArchive(bytes, weights), notes: [] };
  if (format !== 'onnx') {
    throw new FloatpathError(
      'invalid-argument',
      `readModel: expected an ONNX model or Keras' JSON to put weights into, got a model of format ${format}, which has its own`,
    );
  }
  const made = onnxWithWeights(bytes, weights);
  return {
    format,
    bytes: made.bytes,
    notes: [
      `${made.replaced} weights are those of the file of weights, ${made.kept} those of the model`,
      ...[...made.widened].map(
        (type) =>
          `weights stored as ${type} are read as float32: path analysis describes that network`,
      ),
    ],
  };
}

function modelFile(
  bytes: Uint8Array,
  { name, externalData, weights }: ReadModelOptions,
): ModelFile {
  const own = unpackedModel(bytes);
  const format = detectFormat(own);
  const tfjs = format === 'tfjs-layers' || format === 'tfjs-graph';
  if (tfjs && !isArchive(own))
    return { name, format, bytes: tfjsArchive(own, externalData ?? (() => undefined)), notes: [] };
  const whole =
    externalData === undefined || format !== 'onnx' ? own : inlineExternalData(own, externalData);
  if (weights !== undefined) return { name, ...withWeights(format, whole, plainBytes(weights)) };
  if (format === 'keras-json' && !isArchive(own)) {
    throw new FloatpathError(
      'unsupported-format',
      'readModel: expected a model with its weights, got its architecture alone; give the file of weights too',
    );
  }
  return { name, format, bytes: whole, notes: [] };
}

/**
 * Reads a model file of any supported format, told from its bytes. A model in several files (TensorFlow.js, weights beside it)
 * becomes one: `bytes` is then an ONNX file that holds all, or a zip archive, and reads as the same model again. A gzipped file is
 * the model inside, with its `bytes` and its hash.
 *
 * @throws {FloatpathError} `unsupported-format`, `file-not-found`, and those of the format's reader
 */
export function readModel(bytes: Uint8Array, options: ReadModelOptions): GraphModel {
  const { notes: said, ...file } = modelFile(bytes, options);
  const { network, ...facts } = readers[file.format](file.bytes, { name: file.name });
  const notes = [...said, ...facts.notes];
  const silent = file.format === 'onnx' && notes.length === 0;
  return { kind: 'graph', ...file, network, ...(silent ? {} : { facts: { ...facts, notes } }) };
}

/**
 * An ONNX file or TensorFlow.js model taken as it is: its nodes are not read, so that a file with any op, or one that computes in
 * float16 or int8, can still be run on its own bytes, smoothed, and attacked by its scores. Where `readModel` throws
 * `unsupported-op`, this is what is left.
 *
 * @throws {FloatpathError} `unsupported-format` (also for other formats, which nothing runs as they are), `malformed-file`,
 * `file-not-found`
 */
export function readOpaque(bytes: Uint8Array, options: ReadModelOptions): OpaqueModel {
  const { name, format, bytes: own } = modelFile(bytes, options);
  if (format === 'tfjs-layers' || format === 'tfjs-graph') {
    const { inputLayout, ...declared } = declaredTfjs(own);
    const facts = inputLayout === undefined ? {} : { facts: { inputLayout } };
    return { kind: 'opaque', name, format, bytes: own, ...declared, ...facts };
  }
  if (format !== 'onnx') {
    throw new FloatpathError(
      'unsupported-format',
      `readOpaque: expected an ONNX or TensorFlow.js model to run as it is, got one of format ${format}; export the model as ONNX`,
    );
  }
  return { kind: 'opaque', name, format, bytes: own, ...declaredValues(own) };
}

/**
 * The model with its graph where that can be read, else as it is, with the reason.
 *
 * @throws {FloatpathError} as `readModel`; `unsupported-op` for a model that nothing runs as it is either
 */
export function readAnyModel(bytes: Uint8Array, options: ReadModelOptions): Model {
  try {
    return readModel(bytes, options);
  } catch (error) {
    if (!(error instanceof FloatpathError && error.code === 'unsupported-op')) throw error;
    try {
      return { ...readOpaque(bytes, options), refusal: error.message };
    } catch {
      throw error;
    }
  }
}

/** JSON with the keys in one order, so that equal values have equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`);
  return `{${entries.join(',')}}`;
}

/**
 * Identity of a model in reports and counts files: SHA-256, in hexadecimal, of the file's bytes followed by the
 * preprocessing as JSON with sorted keys. The same file under another normalization is another model.
 */
export async function modelHash(bytes: Uint8Array, preprocessing: Preprocessing): Promise<string> {
  const suffix = new TextEncoder().encode(canonicalJson(preprocessing));
  const all = new Uint8Array(bytes.length + suffix.length);
  all.set(bytes);
  all.set(suffix, bytes.length);
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
