import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { defaultPreprocessing, float32Tensor } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import {
  datasetFromNpz,
  readCifar10,
  readIdx,
  readNpy,
  readNpz,
  writeNpz,
} from '../src/datasets/index.js';
import {
  detectFormat,
  modelHash,
  readModel,
  readOnnx,
  readOpaque,
  writeOnnx,
} from '../src/index.js';
import { fromBase64, golden } from './support/golden-numpy.js';
import { onnxFile, weight } from './support/onnx-file.js';

/** A Buffer as `fs` and `Buffer.from` make them: a view into a pool with other bytes around, at an odd offset. */
function pooled(bytes: Uint8Array): Buffer {
  const pool = Buffer.alloc(bytes.length + 16, 0xa5);
  pool.set(bytes, 3);
  return pool.subarray(3, 3 + bytes.length);
}

// writeOnnx stores weights as raw bytes, which is what a view of a pool breaks.
const onnx = writeOnnx(
  readOnnx(
    onnxFile({
      opset: 13,
      input: [1, 2],
      nodes: [['Gemm', 'x w b', 'y']],
      weights: { w: weight([2, 2], [1, 2, 3, 4]), b: weight([2], [0.5, -0.25]) },
    }),
  ),
);
const [images, labels] = [fromBase64(golden.idx.images), fromBase64(golden.idx.labels)];
const npz = writeNpz({
  x: float32Tensor([2, 3], [1, 2, 3, 4, 5, 6]),
  y: { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 0n) },
});
const cifar = Uint8Array.from({ length: 3073 }, (_, i) => i % 10);

describe('a Node Buffer is read as the same bytes in a Uint8Array', () => {
  test.each<[string, (bytes: Uint8Array) => unknown, Uint8Array]>([
    ['readOnnx', (bytes) => readOnnx(bytes), onnx],
    ['readModel', (bytes) => readModel(bytes, { name: 'm' }), onnx],
    ['readOpaque', (bytes) => readOpaque(bytes, { name: 'm' }), onnx],
    ['detectFormat', detectFormat, onnx],
    ['readIdx images', (bytes) => readIdx(bytes, labels), images],
    ['readIdx labels', (bytes) => readIdx(images, bytes), labels],
    ['readIdx gzipped', (bytes) => readIdx(bytes, labels), fromBase64(golden.idx.gz)],
    ['readCifar10', readCifar10, cifar],
    ['readCifar10 gzipped', readCifar10, new Uint8Array(gzipSync(cifar))],
    ...Object.entries(golden.npy).map(
      ([type, { file }]): [string, (bytes: Uint8Array) => unknown, Uint8Array] => [
        `readNpy ${type}`,
        readNpy,
        fromBase64(file),
      ],
    ),
    ['readNpz stored', readNpz, fromBase64(golden.npz.stored)],
    ['readNpz deflated', readNpz, fromBase64(golden.npz.deflated)],
    ['datasetFromNpz', datasetFromNpz, npz],
  ])('%s', (_, read, bytes) => {
    expect(read(pooled(bytes))).toEqual(read(bytes));
  });

  test('modelHash', async () => {
    expect(await modelHash(pooled(onnx), defaultPreprocessing)).toBe(
      await modelHash(onnx, defaultPreprocessing),
    );
  });

  test('the bytes that a model keeps are plain', () => {
    expect(readModel(pooled(onnx), { name: 'm' }).bytes.constructor).toBe(Uint8Array);
  });
});
