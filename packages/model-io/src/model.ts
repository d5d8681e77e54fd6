import type { GraphModel, ModelFormat, Network, OpaqueModel, Preprocessing } from '@floatpath/core';
import { detectFormat } from './detect.js';
import { plainBytes } from './plain-bytes.js';
import { inlineExternalData, type ExternalData } from './onnx/external-data.js';
import { declaredValues } from './onnx/opaque.js';
import { readOnnx, type ReadOnnxOptions } from './onnx/read.js';

const readers: Readonly<
  Record<ModelFormat, (bytes: Uint8Array, options: ReadOnnxOptions) => Network>
> = {
  onnx: readOnnx,
};

export interface ReadModelOptions {
  /** The model's name in reports, e.g. the file name without its extension. */
  readonly name: string;
  /** Gives weights that the model stores in files beside itself; the model's `bytes` then hold them too. */
  readonly externalData?: ExternalData;
}

function modelFile(
  bytes: Uint8Array,
  { name, externalData }: ReadModelOptions,
): Pick<GraphModel, 'name' | 'format' | 'bytes'> {
  const format = detectFormat(bytes);
  const own =
    externalData === undefined ? plainBytes(bytes) : inlineExternalData(bytes, externalData);
  return { name, format, bytes: own };
}

/**
 * Reads a model file of any supported format, told from its bytes.
 *
 * @throws {FloatpathError} `unsupported-format`, and those of the format's reader
 */
export function readModel(bytes: Uint8Array, options: ReadModelOptions): GraphModel {
  const file = modelFile(bytes, options);
  const network = readers[file.format](file.bytes, { name: file.name });
  return { kind: 'graph', ...file, network };
}

/**
 * A model file taken as it is: its nodes are not read, so that a file with any op, or one that computes in float16 or int8, can
 * still be run on its own bytes, smoothed, and attacked by its scores. Where `readModel` throws `unsupported-op`, this is what is
 * left.
 *
 * @throws {FloatpathError} `unsupported-format`, `malformed-file`, `file-not-found`
 */
export function readOpaque(bytes: Uint8Array, options: ReadModelOptions): OpaqueModel {
  const file = modelFile(bytes, options);
  return { kind: 'opaque', ...file, ...declaredValues(file.bytes) };
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
