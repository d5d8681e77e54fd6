import { FloatpathError, sizeOf } from '@floatpath/core';
import { readRecordsAt, type ByteSource } from './byte-source.js';
import { checkedDataset } from './dataset.js';
import { npyHeader, npyValues, type NpyHeader } from './npy.js';
import type { NpyArray } from './npy-types.js';
import { IMAGES, imagesOf, LABELS, labelsOf } from './npz.js';
import { datasetRows, type DatasetRows } from './rows.js';
import { storedEntries, type StoredEntry } from './zip-directory.js';

/** More than any header of an array of numbers takes. */
const HEADER_BYTES = 4096;

/** An array of the archive whose rows can be read one by one. */
interface StoredArray {
  readonly name: string;
  readonly header: NpyHeader;
  /** Where row 0 begins in the archive. */
  readonly start: number;
  readonly rowShape: readonly number[];
}

async function openArray(
  source: ByteSource,
  name: string,
  { start, size }: StoredEntry,
): Promise<StoredArray> {
  const header = npyHeader(await source.read(start, Math.min(HEADER_BYTES, size)));
  const { shape, element, columnMajor } = header;
  const expected = header.start + sizeOf(shape) * element.size;
  if (expected !== size) {
    throw new FloatpathError(
      'malformed-file',
      `openNpz: expected ${expected} bytes in entry "${name}" for shape [${shape.join(', ')}], got ${size}; the file is damaged`,
    );
  }
  if (columnMajor && shape.length > 1) {
    throw new FloatpathError(
      'unsupported-format',
      `openNpz: expected rows that lie together, got array "${name}" in Fortran order; save it with numpy.ascontiguousarray`,
    );
  }
  return { name, header, start: start + header.start, rowShape: shape.slice(1) };
}

async function readRows(
  source: ByteSource,
  { header, start, rowShape }: StoredArray,
  indices: Uint32Array,
): Promise<NpyArray> {
  const record = sizeOf(rowShape) * header.element.size;
  const bytes = await readRecordsAt(source, 'openNpz', start, record, indices);
  const shape = [indices.length, ...rowShape];
  return { dtype: header.element.dtype, shape, data: npyValues(header, bytes) } as NpyArray;
}

/**
 * The labelled images of a .npz archive that `numpy.savez` wrote, row by row; archives beyond 4 GB included. What
 * `datasetFromNpz` takes, but for compressed archives and column-major arrays, of which no row can be read alone. Checksums are of whole
 * arrays and are not looked at.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-format`, `invalid-data`
 */
export async function openNpz(source: ByteSource): Promise<DatasetRows> {
  const entries = await storedEntries(source);
  const arrayUnder = async (what: string, names: readonly string[]): Promise<StoredArray> => {
    const name = names.find((candidate) => entries.has(`${candidate}.npy`));
    if (name === undefined) {
      throw new FloatpathError(
        'invalid-data',
        `openNpz: expected ${what} under ${names.map((one) => `"${one}"`).join(' or ')}, got arrays ${[...entries.keys()].map((one) => `"${one}"`).join(', ')}`,
      );
    }
    const entry = entries.get(`${name}.npy`);
    if (entry !== undefined) return openArray(source, name, entry);
    throw new FloatpathError(
      'unsupported-format',
      `openNpz: expected array "${name}" without compression, got a compressed one; save it with numpy.savez`,
    );
  };
  const images = await arrayUnder('images', IMAGES);
  const labels = await arrayUnder('labels', LABELS);
  const [count = 0] = images.header.shape;
  if (labels.header.shape[0] !== count) {
    throw new FloatpathError(
      'invalid-data',
      `openNpz: expected as many labels as images, got ${labels.header.shape[0] ?? 0} labels and ${count} images`,
    );
  }
  return datasetRows(count, async (indices) =>
    checkedDataset('openNpz', {
      images: imagesOf(await readRows(source, images, indices)),
      labels: labelsOf(await readRows(source, labels, indices)),
    }),
  );
}
