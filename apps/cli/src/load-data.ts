import { basename, join, resolve } from 'node:path';
import type { AuditData } from '@floatpath/audit';
import { float32Tensor, type Float32Tensor } from '@floatpath/core';
import {
  datasetFromNpz,
  imageExtensions,
  imagesFromNpz,
  readCifar10,
  readCifar100,
  readIdx,
  readImageFolder,
  readImages,
  type Dataset,
  type ImageFile,
} from '@floatpath/model-io/datasets';
import { listFiles, readInputFile } from '@floatpath/node';
import { isLarge, loadRows } from './load-rows.js';
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

type Images = Pick<Dataset, 'images'> & Partial<Dataset>;

async function readOne<T extends Images>(file: string, read: (bytes: Uint8Array) => T): Promise<T> {
  const bytes = await readInputFile(file);
  return about(file, () => read(bytes));
}

const LABELS = 'labels.csv';

interface Folder {
  readonly files: readonly ImageFile[];
  /** Text of the `labels.csv` beside the images. */
  readonly csv?: string;
}

async function readFolder(folder: string): Promise<Folder> {
  const paths = await listFiles(folder, [...imageExtensions, LABELS]);
  const files = await Promise.all(
    paths
      .filter((path) => path !== LABELS)
      .map(async (path) => ({ path, bytes: await readInputFile(join(folder, path)) })),
  );
  if (!paths.includes(LABELS)) return { files };
  return { files, csv: new TextDecoder().decode(await readInputFile(join(folder, LABELS))) };
}

/** Images labelled by the folders that they lie in, or by a `labels.csv` beside them. */
async function readLabelledFolder(folder: string): Promise<Dataset> {
  const { files, csv } = await readFolder(folder);
  return about(folder, () => readImageFolder(files, csv === undefined ? {} : { csv }));
}

/** The same, or images that lie in no folder of their own and have no labels. */
async function readAnyFolder(folder: string): Promise<Images> {
  const { files, csv } = await readFolder(folder);
  const bare = csv === undefined && files.some(({ path }) => !path.includes('/'));
  return about(folder, () =>
    bare ? { images: readImages(files) } : readImageFolder(files, csv === undefined ? {} : { csv }),
  );
}

/** A name without a path: reports hold none. */
function sourceName(spec: DataSpec): string {
  switch (spec.kind) {
    case 'mnist':
      return spec.part === 'train' ? 'MNIST training' : 'MNIST test';
    case 'idx':
      return basename(spec.images);
    case 'cifar10':
    case 'cifar100':
    case 'cifar100-coarse':
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
    case 'cifar100':
      return readOne(spec.file, (bytes) => readCifar100(bytes, 'fine'));
    case 'cifar100-coarse':
      return readOne(spec.file, (bytes) => readCifar100(bytes, 'coarse'));
    case 'npz':
      return readOne(spec.file, datasetFromNpz);
    case 'dir':
      return readLabelledFolder(spec.folder);
  }
}

function readAnyImages(spec: DataSpec): Promise<Images> {
  if (spec.kind === 'npz') return readOne(spec.file, imagesFromNpz);
  return spec.kind === 'dir' ? readAnyFolder(spec.folder) : readDataset(spec);
}

function takeRows({ shape, data }: Float32Tensor, indices: Uint32Array): Float32Tensor {
  const size = data.length / (shape[0] ?? 1);
  const taken = new Float32Array(indices.length * size);
  indices.forEach((from, to) =>
    taken.set(data.subarray(from * size, (from + 1) * size), to * size),
  );
  return float32Tensor([indices.length, ...shape.slice(1)], taken);
}

function takeSelection(
  spec: DataSpec,
  images: Float32Tensor,
  selection: Selection,
): Omit<AuditData, 'labels'> {
  const ids = selectedIndices(images.shape[0] ?? 0, selection);
  const name = selectionName(sourceName(spec), ids, selection.every);
  return { name, images: takeRows(images, ids), ids };
}

const takeLabels = (labels: Int32Array, ids: Uint32Array): Int32Array =>
  Int32Array.from(ids, (id) => labels[id] as number);

/** The images that `--data`, `--limit`, `--skip` and `--every` name. @throws {FloatpathError} naming file and fault */
export async function loadData(spec: DataSpec, selection: Selection): Promise<AuditData> {
  if (isLarge(spec)) {
    const rows = await loadRows(spec, selection);
    return { ...rows, name: selectionName(sourceName(spec), rows.ids, selection.every) };
  }
  const { images, labels } = await readDataset(spec);
  const taken = takeSelection(spec, images, selection);
  return { ...taken, labels: takeLabels(labels, taken.ids) };
}

/** {@link loadData} where labels are welcome but not needed. @throws {FloatpathError} naming file and fault */
export async function loadImages(
  spec: DataSpec,
  selection: Selection,
): Promise<Omit<AuditData, 'labels'> & Partial<AuditData>> {
  if (isLarge(spec)) return loadData(spec, selection);
  const { images, labels } = await readAnyImages(spec);
  const taken = takeSelection(spec, images, selection);
  return labels === undefined ? taken : { ...taken, labels: takeLabels(labels, taken.ids) };
}
