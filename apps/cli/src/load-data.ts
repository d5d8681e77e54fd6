import { basename, join, resolve } from 'node:path';
import type { AuditData } from '@floatpath/audit';
import { float32Tensor, type Float32Tensor } from '@floatpath/core';
import {
  datasetFromNpz,
  imageExtensions,
  readCifar10,
  readIdx,
  readImageFolder,
  type Dataset,
} from '@floatpath/model-io/datasets';
import { listFiles, readInputFile } from '@floatpath/node';
import { selectedIndices, selectionName, type DataSpec, type Selection } from './data-spec.js';
import { about } from './errors.js';
import { mnistFiles, type IdxPair } from './mnist-files.js';

async function readPair(pair: IdxPair): Promise<Dataset> {
  const [images, labels] = await Promise.all([
    readInputFile(pair.images),
    readInputFile(pair.labels),
  ]);
  return about(`${basename(pair.images)}, ${basename(pair.labels)}`, () => readIdx(images, labels));
}

async function readOne(file: string, read: (bytes: Uint8Array) => Dataset): Promise<Dataset> {
  const bytes = await readInputFile(file);
  return about(file, () => read(bytes));
}

const LABELS = 'labels.csv';

/** Images labelled by the folders that they lie in, or by a `labels.csv` beside them. */
async function readFolder(folder: string): Promise<Dataset> {
  const paths = await listFiles(folder, [...imageExtensions, LABELS]);
  const files = await Promise.all(
    paths
      .filter((path) => path !== LABELS)
      .map(async (path) => ({ path, bytes: await readInputFile(join(folder, path)) })),
  );
  const csv = paths.includes(LABELS)
    ? new TextDecoder().decode(await readInputFile(join(folder, LABELS)))
    : undefined;
  return about(folder, () => readImageFolder(files, csv === undefined ? {} : { csv }));
}

/** A name without a path: reports hold none. */
function sourceName(spec: DataSpec): string {
  switch (spec.kind) {
    case 'mnist':
      return spec.part === 'train' ? 'MNIST training' : 'MNIST test';
    case 'idx':
      return basename(spec.images);
    case 'cifar10':
    case 'npz':
      return basename(spec.file);
    case 'dir':
      return basename(resolve(spec.folder));
  }
}

function readDataset(spec: DataSpec): Promise<Dataset> {
  switch (spec.kind) {
    case 'mnist':
      return readPair(mnistFiles(spec.part));
    case 'idx':
      return readPair(spec);
    case 'cifar10':
      return readOne(spec.file, readCifar10);
    case 'npz':
      return readOne(spec.file, datasetFromNpz);
    case 'dir':
      return readFolder(spec.folder);
  }
}

function takeRows({ shape, data }: Float32Tensor, indices: Uint32Array): Float32Tensor {
  const size = data.length / (shape[0] ?? 1);
  const taken = new Float32Array(indices.length * size);
  indices.forEach((from, to) =>
    taken.set(data.subarray(from * size, (from + 1) * size), to * size),
  );
  return float32Tensor([indices.length, ...shape.slice(1)], taken);
}

/** The images that `--data`, `--limit`, `--skip` and `--every` name. @throws {FloatpathError} naming file and fault */
export async function loadData(spec: DataSpec, selection: Selection): Promise<AuditData> {
  const { images, labels } = await readDataset(spec);
  const ids = selectedIndices(labels.length, selection);
  return {
    name: selectionName(sourceName(spec), ids, selection.every),
    images: takeRows(images, ids),
    labels: Int32Array.from(ids, (id) => labels[id] as number),
    ids,
  };
}
