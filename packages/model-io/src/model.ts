import type { Model, ModelFormat, Network, Preprocessing } from '@floatpath/core';
import { detectFormat } from './detect.js';
import { plainBytes } from './plain-bytes.js';
import { inlineExternalData, type ExternalData } from './onnx/external-data.js';
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

/**
 * Reads a model file of any supported format, told from its bytes.
 *
 * @throws {FloatpathError} `unsupported-format`, and those of the format's reader
 */
export function readModel(bytes: Uint8Array, options: ReadModelOptions): Model {
  const { name, externalData } = options;
  const format = detectFormat(bytes);
  const own =
    externalData === undefined ? plainBytes(bytes) : inlineExternalData(bytes, externalData);
  return { name, format, bytes: own, network: readers[format](own, { name }) };
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
