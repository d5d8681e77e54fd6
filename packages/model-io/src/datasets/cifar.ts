import { float32Tensor, FloatpathError } from '@floatpath/core';
import { cifar100CoarseNames, cifar100Names, cifar10Names } from './cifar-names.js';
import { checkedDataset, scaledBytes, type Dataset } from './dataset.js';
import { gunzipIfNeeded } from './gunzip.js';

const PIXELS = 3 * 32 * 32;
/** All images of a data set in one file. */
const MOST_RECORDS = 60_000;

/** How the records of one file are laid out: label bytes, then 3 x 32 x 32 bytes, red, green, blue. */
export interface CifarRecords {
  readonly reader: string;
  /** Bytes in front of the pixels. */
  readonly labelBytes: number;
  /** Which of them is the label. */
  readonly label: number;
  readonly names: readonly string[];
}

export const cifar10Records: CifarRecords = {
  reader: 'readCifar10',
  labelBytes: 1,
  label: 0,
  names: cifar10Names,
};

export type Cifar100Labels = 'fine' | 'coarse';

/** A CIFAR-100 record has the label of one of 20 groups first, then that of one of 100 classes. */
export const cifar100Records = (labels: Cifar100Labels): CifarRecords => ({
  reader: 'readCifar100',
  labelBytes: 2,
  label: labels === 'fine' ? 1 : 0,
  names: labels === 'fine' ? cifar100Names : cifar100CoarseNames,
});

export const recordSize = ({ labelBytes }: CifarRecords): number => labelBytes + PIXELS;

/** @throws {FloatpathError} `malformed-file` if `size` bytes are not whole records */
export function recordCount(records: CifarRecords, size: number): number {
  const record = recordSize(records);
  const count = size / record;
  if (count > 0 && Number.isInteger(count)) return count;
  throw new FloatpathError(
    'malformed-file',
    `${records.reader}: expected whole records of ${record} bytes, got ${size} bytes (${size % record} left over)`,
  );
}

/** The images of whole records. */
export function datasetOfRecords(records: CifarRecords, bytes: Uint8Array): Dataset {
  const { reader, labelBytes, label, names } = records;
  const record = recordSize(records);
  const count = recordCount(records, bytes.length);
  const pixels = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i += 1)
    pixels.set(bytes.subarray(i * record + labelBytes, (i + 1) * record), i * PIXELS);
  return checkedDataset(reader, {
    images: float32Tensor([count, 3, 32, 32], scaledBytes(pixels)),
    labels: Int32Array.from({ length: count }, (_, i) => bytes[i * record + label] as number),
    classes: names.length,
    names,
  });
}

function readRecords(records: CifarRecords, file: Uint8Array): Dataset {
  const most = MOST_RECORDS * recordSize(records);
  return datasetOfRecords(
    records,
    gunzipIfNeeded(records.reader, file, () => most),
  );
}

/**
 * Reads a CIFAR-10 binary batch, gzipped or not: records of one label and 3 x 32 x 32 bytes, red, green, blue.
 *
 * @returns images `[m, 3, 32, 32]` in [0, 1]
 * @throws {FloatpathError} `malformed-file` if the bytes are not whole records, `invalid-data` for a label above 9
 * @see Krizhevsky 2009, "The CIFAR-10 dataset", binary version
 */
export const readCifar10 = (file: Uint8Array): Dataset => readRecords(cifar10Records, file);

/**
 * Reads a CIFAR-100 binary file, gzipped or not, with the labels of its 100 classes (`fine`) or of the 20 groups that they
 * form (`coarse`).
 *
 * @returns images `[m, 3, 32, 32]` in [0, 1]
 * @throws {FloatpathError} `malformed-file` if the bytes are not whole records, `invalid-data` for a label that is no class
 * @see Krizhevsky 2009, "The CIFAR-100 dataset", binary version
 */
export const readCifar100 = (file: Uint8Array, labels: Cifar100Labels = 'fine'): Dataset =>
  readRecords(cifar100Records(labels), file);
