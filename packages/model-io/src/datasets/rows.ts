import { float32Tensor, FloatpathError, requireArgument } from '@floatpath/core';
import { readRecordsAt, type ByteSource } from './byte-source.js';
import {
  cifar100Records,
  cifar10Records,
  datasetOfRecords,
  recordCount,
  recordSize,
  type Cifar100Labels,
  type CifarRecords,
} from './cifar.js';
import { checkedDataset, scaledBytes, type Dataset } from './dataset.js';
import { idxHeader, IDX_HEADER_BYTES, sizeStated } from './idx.js';

/** A data set whose rows are read when they are asked for: it may be larger than memory. */
export interface DatasetRows {
  /** Images in all. */
  readonly count: number;
  /** @param indices - below `count`; the rows come in this order */
  read(indices: Uint32Array): Promise<Dataset>;
}

/** Checks the indices in front of every read. */
export function datasetRows(count: number, read: DatasetRows['read']): DatasetRows {
  return {
    count,
    read: async (indices) => {
      const beyond = indices.find((index) => index >= count);
      requireArgument(
        beyond === undefined && indices.length > 0,
        `read: expected rows below ${count}, got ${beyond ?? 'none'}`,
      );
      return read(indices);
    },
  };
}

/** @throws {FloatpathError} `unsupported-format`, with the cure */
async function requirePlain(reader: string, source: ByteSource): Promise<void> {
  const [first, second] = await source.read(0, 2);
  if (first !== 0x1f || second !== 0x8b) return;
  throw new FloatpathError(
    'unsupported-format',
    `${reader}: expected a file that is not compressed, got gzip; unpack it to read a part of it`,
  );
}

/**
 * A pair of IDX files, row by row.
 *
 * @throws {FloatpathError} as `readIdx`; `unsupported-format` for gzipped files; the values are checked as they are read
 */
export async function openIdx(images: ByteSource, labels: ByteSource): Promise<DatasetRows> {
  const headerOf = async (source: ByteSource, what: string, rank: number) => {
    await requirePlain('openIdx', source);
    const header = idxHeader(await source.read(0, IDX_HEADER_BYTES), what, rank);
    if (source.size === sizeStated(header)) return header;
    throw new FloatpathError(
      'malformed-file',
      `openIdx: expected ${sizeStated(header)} bytes of ${what} for [${header.shape.join(', ')}], got ${source.size}; the file is truncated or damaged`,
    );
  };
  const [ofImages, ofLabels] = [
    await headerOf(images, 'images', 3),
    await headerOf(labels, 'labels', 1),
  ];
  const [count = 0, height = 0, width = 0] = ofImages.shape;
  if (ofLabels.shape[0] !== count) {
    throw new FloatpathError(
      'invalid-data',
      `openIdx: expected as many labels as images, got ${ofLabels.shape[0]} labels and ${count} images`,
    );
  }
  return datasetRows(count, async (indices) => {
    const pixels = await readRecordsAt(images, 'openIdx', ofImages.start, height * width, indices);
    return checkedDataset('openIdx', {
      images: float32Tensor([indices.length, 1, height, width], scaledBytes(pixels)),
      labels: Int32Array.from(await readRecordsAt(labels, 'openIdx', ofLabels.start, 1, indices)),
    });
  });
}

async function openRecords(records: CifarRecords, source: ByteSource): Promise<DatasetRows> {
  await requirePlain(records.reader, source);
  return datasetRows(recordCount(records, source.size), async (indices) =>
    datasetOfRecords(
      records,
      await readRecordsAt(source, records.reader, 0, recordSize(records), indices),
    ),
  );
}

/** A CIFAR-10 binary file of any length, row by row. @throws {FloatpathError} as `readCifar10`; `unsupported-format` for gzip */
export const openCifar10 = (source: ByteSource): Promise<DatasetRows> =>
  openRecords(cifar10Records, source);

/** A CIFAR-100 binary file of any length, row by row. @throws {FloatpathError} as `readCifar100`; `unsupported-format` for gzip */
export const openCifar100 = (
  source: ByteSource,
  labels: Cifar100Labels = 'fine',
): Promise<DatasetRows> => openRecords(cifar100Records(labels), source);
