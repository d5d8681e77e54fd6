import { FloatpathError, sizeOf } from '@floatpath/core';
import { malformedIn } from '../as-reader.js';
import { fromHalf } from '../half.js';
import { insideFolder } from '../inside-folder.js';
import { isObject, type Json } from '../keras/fields.js';
import type { ExternalData } from '../onnx/external-data.js';

const malformed = malformedIn('readTfjs');

/** A weight of a TensorFlow.js model. */
export interface TfjsWeight {
  readonly shape: readonly number[];
  readonly kind: 'float' | 'integer';
  readonly values: Float64Array | Float32Array;
}

export interface TfjsWeights {
  readonly byName: ReadonlyMap<string, TfjsWeight>;
  /** Types that weights are stored in other than their own, e.g. `uint8`. */
  readonly quantized: ReadonlySet<string>;
}

const sizes: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/** The files of weights in the order of the manifest, each once. */
export function shardPaths(manifest: unknown): readonly string[] {
  return groupsOf(manifest).flatMap(({ paths }) => paths);
}

interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly Json[];
}

function groupsOf(manifest: unknown): readonly Group[] {
  if (!Array.isArray(manifest)) throw malformed('expected a weightsManifest, got none');
  return manifest.map((group: unknown, i) => {
    const place = `group ${i} of weightsManifest`;
    const { paths, weights } = isObject(group) ? group : {};
    if (!Array.isArray(paths) || !Array.isArray(weights) || !weights.every(isObject))
      throw malformed(`expected paths and weights in ${place}, got others`);
    return {
      paths: paths.map((path: unknown) => insideFolder('readTfjs', `a path in ${place}`, path)),
      weights,
    };
  });
}

function joinedShards(paths: readonly string[], files: ExternalData): Uint8Array {
  const shards = paths.map((path) => {
    const bytes = files(path);
    if (bytes !== undefined) return bytes;
    throw new FloatpathError(
      'file-not-found',
      `readTfjs: expected weights in the file "${path}" beside the model, got no such file; keep all of them in one folder`,
    );
  });
  const [only] = shards;
  if (only !== undefined && shards.length === 1) return only;
  const all = new Uint8Array(shards.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const shard of shards) {
    all.set(shard, at);
    at += shard.length;
  }
  return all;
}

interface Quantization {
  readonly dtype: string;
  readonly scale: number;
  readonly min: number;
}

function quantizationOf(name: string, stated: unknown): Quantization | undefined {
  if (stated === undefined || stated === null) return undefined;
  const { dtype, scale = 1, min = 0 } = isObject(stated) ? stated : {};
  const known = typeof dtype === 'string' && ['uint8', 'uint16', 'float16'].includes(dtype);
  if (!known || !Number.isFinite(scale) || !Number.isFinite(min))
    throw malformed(`expected a quantization to uint8, uint16 or float16 of weight "${name}"`);
  return { dtype, scale: scale as number, min: min as number };
}

function valuesOf(
  dtype: string,
  bytes: Uint8Array,
  { scale, min }: { readonly scale: number; readonly min: number },
): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizes[dtype] ?? 1;
  const read: Readonly<Record<string, (at: number) => number>> = {
    float32: (at) => view.getFloat32(at, true),
    float16: (at) => fromHalf(view.getUint16(at, true)),
    // TensorFlow.js computes in float64 and rounds once.
    uint8: (at) => view.getUint8(at) * scale + min,
    uint16: (at) => view.getUint16(at, true) * scale + min,
  };
  const value = read[dtype] as (at: number) => number;
  return Float32Array.from({ length: bytes.length / size }, (_, i) => value(i * size));
}

function integersOf(dtype: string, bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizes[dtype] ?? 1;
  return Float64Array.from({ length: bytes.length / size }, (_, i) =>
    size === 4 ? view.getInt32(4 * i, true) : view.getUint8(i),
  );
}

function weightOf(weight: Json, bytes: Uint8Array, from: number, quantized: Set<string>) {
  const { name, shape, dtype } = weight;
  if (typeof name !== 'string')
    throw malformed(`expected the weight at byte ${from} of its files to have a name`);
  const fits =
    Array.isArray(shape) && shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!fits) throw malformed(`expected a shape of weight "${name}", got ${JSON.stringify(shape)}`);
  const quantization = quantizationOf(name, weight['quantization']);
  const stored = quantization?.dtype ?? dtype;
  const isFloat = dtype === 'float32' || dtype === 'float16';
  const isInteger = dtype === 'int32' || dtype === 'bool';
  if (typeof stored !== 'string' || (!isFloat && !isInteger) || (isInteger && quantization)) {
    throw new FloatpathError(
      'unsupported-format',
      `readTfjs: expected weight "${name}" in float32, float16 or int32, got ${JSON.stringify(dtype)}${quantization === undefined ? '' : ` as ${quantization.dtype}`}`,
    );
  }
  const length = sizeOf(shape as number[]) * (sizes[stored] ?? 1);
  const own = bytes.subarray(from, from + length);
  if (own.length !== length)
    throw malformed(
      `expected ${length} bytes of weight "${name}" from byte ${from} of its files, got ${own.length}`,
    );
  if (stored !== 'float32' && isFloat) quantized.add(stored);
  const values = isFloat
    ? valuesOf(stored, own, quantization ?? { scale: 1, min: 0 })
    : integersOf(stored, own);
  const kind = isFloat ? ('float' as const) : ('integer' as const);
  return { name, length, weight: { shape: shape as readonly number[], kind, values } };
}

/**
 * All weights that the manifest of a model lists, out of the files beside it.
 *
 * @throws {FloatpathError} `malformed-file` naming the weight; `file-not-found` naming the file; `unsupported-format`
 */
export function readTfjsWeights(manifest: unknown, files: ExternalData): TfjsWeights {
  const byName = new Map<string, TfjsWeight>();
  const quantized = new Set<string>();
  for (const { paths, weights } of groupsOf(manifest)) {
    const bytes = joinedShards(paths, files);
    let at = 0;
    for (const stated of weights) {
      const { name, length, weight } = weightOf(stated, bytes, at, quantized);
      if (byName.has(name)) throw malformed(`expected one weight named "${name}", got several`);
      byName.set(name, weight);
      at += length;
    }
    if (at !== bytes.length)
      throw malformed(
        `expected ${at} bytes in ${paths.map((path) => JSON.stringify(path)).join(', ')}, got ${bytes.length}`,
      );
  }
  return { byName, quantized };
}
