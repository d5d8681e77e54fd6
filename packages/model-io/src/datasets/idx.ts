import { float32Tensor, FloatpathError } from '@floatpath/core';
import { checkedDataset, scaledBytes, type Dataset } from './dataset.js';
import { gunzipIfNeeded } from './gunzip.js';

const UNSIGNED_BYTE = 0x08;

/** Bytes that hold every header that is read here. */
export const IDX_HEADER_BYTES = 16;

export interface IdxHeader {
  readonly shape: readonly number[];
  /** Where the values start. */
  readonly start: number;
}

/** Two zero bytes, the element type, the rank, then one big-endian extent per axis. */
export function idxHeader(bytes: Uint8Array, what: string, rank: number): IdxHeader {
  const fail = (code: 'malformed-file' | 'unsupported-format', got: string): FloatpathError =>
    new FloatpathError(code, `readIdx: expected an IDX file of ${what}, got ${got}`);
  const start = 4 + 4 * rank;
  if (bytes.length < 4) throw fail('malformed-file', `${bytes.length} bytes`);
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw fail('malformed-file', `bytes that start with ${bytes[0]}, ${bytes[1]} instead of 0, 0`);
  }
  if (bytes[2] !== UNSIGNED_BYTE)
    throw fail('unsupported-format', `element type ${bytes[2]} instead of 8 (unsigned bytes)`);
  if (bytes[3] !== rank)
    throw fail(
      'malformed-file',
      `rank ${bytes[3]} instead of ${rank}; are images and labels swapped?`,
    );
  if (bytes.length < start)
    throw fail('malformed-file', `${bytes.length} bytes where the header alone has ${start}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { shape: Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis)), start };
}

/** Bytes of the whole file. */
export const sizeStated = ({ shape, start }: IdxHeader): number =>
  shape.reduce((product, extent) => product * extent, 1) + start;

function readValues(
  file: Uint8Array,
  what: string,
  rank: number,
): { shape: readonly number[]; values: Uint8Array } {
  const bytes = gunzipIfNeeded('readIdx', file, (head) => sizeStated(idxHeader(head, what, rank)));
  const header = idxHeader(bytes, what, rank);
  if (bytes.length !== sizeStated(header)) {
    throw new FloatpathError(
      'malformed-file',
      `readIdx: expected ${sizeStated(header)} bytes of ${what} for [${header.shape.join(', ')}], got ${bytes.length}; the file is truncated or damaged`,
    );
  }
  return { shape: header.shape, values: bytes.subarray(header.start) };
}

/**
 * Reads a pair of IDX files, as MNIST ships them; each may be gzipped.
 *
 * @param imagesBytes - 8-bit images `[m, height, width]`; returned as `[m, 1, height, width]` in [0, 1]
 * @param labelsBytes - 8-bit labels `[m]`
 * @throws {FloatpathError} `malformed-file` naming expected and actual byte counts, `unsupported-format` for other element
 * types, `invalid-data` if the counts differ
 * @see LeCun, Cortes, Burges, "The MNIST database", file formats
 */
export function readIdx(imagesBytes: Uint8Array, labelsBytes: Uint8Array): Dataset {
  const images = readValues(imagesBytes, 'images', 3);
  const labels = readValues(labelsBytes, 'labels', 1);
  const [count = 0, height = 0, width = 0] = images.shape;
  return checkedDataset('readIdx', {
    images: float32Tensor([count, 1, height, width], scaledBytes(images.values)),
    labels: Int32Array.from(labels.values),
  });
}
