import { float32Tensor, FloatpathError } from '@floatpath/core';
import { checkedDataset, scaledBytes, type Dataset } from './dataset.js';
import { gunzipIfNeeded } from './gunzip.js';

const PIXELS = 3 * 32 * 32;
const RECORD = 1 + PIXELS;
/** All 60,000 images in one file. */
const LARGEST = 60_000 * RECORD;

const names = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/**
 * Reads a CIFAR-10 binary batch, gzipped or not: records of one label and 3 x 32 x 32 bytes, red, green, blue.
 *
 * @returns images `[m, 3, 32, 32]` in [0, 1]
 * @throws {FloatpathError} `malformed-file` if the bytes are not whole records, `invalid-data` for a label above 9
 * @see Krizhevsky 2009, "The CIFAR-10 dataset", binary version
 */
export function readCifar10(file: Uint8Array): Dataset {
  const bytes = gunzipIfNeeded('readCifar10', file, () => LARGEST);
  const count = bytes.length / RECORD;
  if (count === 0 || !Number.isInteger(count)) {
    throw new FloatpathError(
      'malformed-file',
      `readCifar10: expected whole records of ${RECORD} bytes, got ${bytes.length} bytes (${bytes.length % RECORD} left over)`,
    );
  }
  const pixels = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i += 1)
    pixels.set(bytes.subarray(i * RECORD + 1, (i + 1) * RECORD), i * PIXELS);
  return checkedDataset('readCifar10', {
    images: float32Tensor([count, 3, 32, 32], scaledBytes(pixels)),
    labels: Int32Array.from({ length: count }, (_, i) => bytes[i * RECORD] as number),
    classes: names.length,
    names,
  });
}
