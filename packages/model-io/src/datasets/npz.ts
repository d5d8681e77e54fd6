import { float32Tensor, FloatpathError, type Float32Tensor } from '@floatpath/core';
import { zipSync } from 'fflate';
import { plainBytes } from '../plain-bytes.js';
import { checkedDataset, scaledBytes, type Dataset } from './dataset.js';
import { readNpy, writeNpy } from './npy.js';
import type { NpyArray } from './npy-types.js';
import { unzip } from './zip.js';

/**
 * Reads a NumPy .npz archive, compressed or not: its arrays by name, without the `.npy`.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-format`
 */
export function readNpz(bytes: Uint8Array): ReadonlyMap<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  for (const [name, contents] of unzip(plainBytes(bytes))) {
    if (name.endsWith('.npy')) arrays.set(name.slice(0, -4), readNpy(contents));
  }
  return arrays;
}

/** Writes arrays or tensors as an uncompressed .npz; the bytes depend on nothing else. */
export function writeNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  const entries = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)]);
  // zip stores local time: the first day that it can hold, in whatever zone this runs.
  return zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>, {
    level: 0,
    mtime: new Date(1980, 0, 1),
  });
}

function arrayUnder(
  arrays: ReadonlyMap<string, NpyArray>,
  what: string,
  keys: readonly string[],
): NpyArray {
  const key = keys.find((name) => arrays.has(name));
  const array = arrays.get(key ?? '');
  if (array !== undefined) return array;
  throw new FloatpathError(
    'invalid-data',
    `datasetFromNpz: expected ${what} under ${keys.map((name) => `"${name}"`).join(' or ')}, got arrays ${[...arrays.keys()].map((name) => `"${name}"`).join(', ')}`,
  );
}

export function imagesOf({ dtype, shape, data }: NpyArray): Float32Tensor {
  if (shape.length < 2) {
    throw new FloatpathError(
      'invalid-data',
      `datasetFromNpz: expected images [m, ...], got shape [${shape.join(', ')}]`,
    );
  }
  if (dtype === 'uint8') return float32Tensor(shape, scaledBytes(data));
  if (dtype === 'float32' || dtype === 'float64') return float32Tensor(shape, data);
  throw new FloatpathError(
    'invalid-data',
    `datasetFromNpz: expected images of type uint8 or float, got ${dtype}`,
  );
}

export function labelsOf({ dtype, shape, data }: NpyArray): Int32Array {
  const column = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  const labels = Int32Array.from(data as ArrayLike<number | bigint>, Number);
  const whole = labels.every((label, i) => label === Number(data[i]));
  if (column && whole && dtype !== 'bool') return labels;
  throw new FloatpathError(
    'invalid-data',
    `datasetFromNpz: expected one integer label per image, got ${dtype} values of shape [${shape.join(', ')}]`,
  );
}

/** Names under which archives have their images, and their labels. */
export const IMAGES = ['x', 'images'];
export const LABELS = ['y', 'labels'];

/**
 * The images of a .npz file, under `x` or `images`, and its labels where it has some, under `y` or `labels`.
 *
 * @throws {FloatpathError} as {@link datasetFromNpz}
 */
export function imagesFromNpz(bytes: Uint8Array): Pick<Dataset, 'images'> & Partial<Dataset> {
  const arrays = readNpz(bytes);
  if (LABELS.some((name) => arrays.has(name))) return datasetFromNpz(bytes);
  const images = imagesOf(arrayUnder(arrays, 'images', IMAGES));
  const labels = new Int32Array(images.shape[0] ?? 0);
  return { images: checkedDataset('imagesFromNpz', { images, labels }).images };
}

/**
 * The labelled images of a .npz file: images under `x` or `images`, labels under `y` or `labels`.
 *
 * 8-bit images are scaled to [0, 1]; float images are taken as they are. The shape stays that of the file.
 *
 * @throws {FloatpathError} `invalid-data` for missing arrays, counts that differ, NaN, labels that are not integers; those of
 * {@link readNpz}
 */
export function datasetFromNpz(bytes: Uint8Array): Dataset {
  const arrays = readNpz(bytes);
  return checkedDataset('datasetFromNpz', {
    images: imagesOf(arrayUnder(arrays, 'images', IMAGES)),
    labels: labelsOf(arrayUnder(arrays, 'labels', LABELS)),
  });
}
