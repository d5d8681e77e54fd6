import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { FloatpathError } from '@floatpath/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCifar10, readIdx } from '../src/datasets/index.js';
import { fromBase64, golden } from './support/golden-numpy.js';

const images = fromBase64(golden.idx.images);
const labels = fromBase64(golden.idx.labels);
const shared = new URL('../../../../shared/networks/', import.meta.url);
const sharedFile = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(path, shared)));
const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

describe('readIdx', () => {
  test.each([
    ['plain', images],
    ['gzipped', fromBase64(golden.idx.gz)],
  ])('%s', (_, file) => {
    const dataset = readIdx(file, labels);
    expect(dataset.images.shape).toEqual([2, 1, 2, 3]);
    expect(Array.from(dataset.images.data)).toEqual(golden.images.scaled);
    expect(Array.from(dataset.labels)).toEqual(golden.images.labels);
  });

  test.each<[string, Uint8Array, Uint8Array, string, RegExp]>([
    [
      'truncated',
      images.subarray(0, -1),
      labels,
      'malformed-file',
      /expected 28 bytes of images for \[2, 2, 3\], got 27/,
    ],
    ['swapped', labels, images, 'malformed-file', /swapped/],
    ['empty', new Uint8Array(), labels, 'malformed-file', /0 bytes/],
    [
      'of different counts',
      images,
      Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 1, 5]),
      'invalid-data',
      /1 labels and 2 images/,
    ],
    [
      'of floats',
      Uint8Array.from([0, 0, 13, 3, ...new Array<number>(12).fill(0)]),
      labels,
      'unsupported-format',
      /element type 13/,
    ],
    [
      'without an image',
      Uint8Array.from([0, 0, 8, 3, ...new Array<number>(12).fill(0)]),
      Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 0]),
      'invalid-data',
      /at least one image/,
    ],
  ])('files %s are refused', (_, first, second, expected, message) => {
    expect(() => readIdx(first, second)).toThrow(message);
    expect(() => readIdx(first, second)).toThrow(code(expected));
  });

  test('a gzip file that unpacks to more than its header says stops early', () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(images), Buffer.alloc(8 * 2 ** 20)]));
    expect(() => readIdx(new Uint8Array(bomb), labels)).toThrow(/at most 28 bytes/);
  });

  test('damaged gzip files give a coded error', () => {
    const file = fromBase64(golden.idx.gz);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const bytes = cut ? file.slice(0, at) : file.slice();
        if (!cut) bytes[at] = byte;
        try {
          readIdx(bytes, labels);
        } catch (error) {
          expect(error).toBeInstanceOf(FloatpathError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.skipIf(!existsSync(new URL('mnist-t1k', shared)))(
    'MNIST test images 0-999 (skipped where ../shared is missing)',
    () => {
      const dataset = readIdx(
        sharedFile('mnist-t1k/t1k-images-idx3-ubyte.gz'),
        sharedFile('mnist-t1k/t1k-labels-idx1-ubyte.gz'),
      );
      expect(dataset.images.shape).toEqual([1000, 1, 28, 28]);
      expect(Array.from(dataset.labels.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    },
  );
});

describe('readCifar10', () => {
  const record = (label: number, value: number): number[] => [
    label,
    ...new Array<number>(3072).fill(value),
  ];

  test('records of a label and three planes', () => {
    const bytes = Uint8Array.from([...record(3, 51), ...record(9, 255)]);
    for (const file of [bytes, new Uint8Array(gzipSync(bytes))]) {
      const dataset = readCifar10(file);
      expect(dataset.images.shape).toEqual([2, 3, 32, 32]);
      expect(dataset.images.data[0]).toBe(Math.fround(0.2));
      expect(dataset.images.data[3072]).toBe(1);
      expect(Array.from(dataset.labels)).toEqual([3, 9]);
      expect(dataset.names?.[3]).toBe('cat');
    }
  });

  test('a part of a record is refused', () => {
    expect(() => readCifar10(Uint8Array.from(record(3, 51).slice(1)))).toThrow(
      /records of 3073 bytes, got 3072/,
    );
    expect(() => readCifar10(new Uint8Array())).toThrow(code('malformed-file'));
  });

  test('a label outside the classes is refused', () => {
    expect(() => readCifar10(Uint8Array.from(record(10, 0)))).toThrow(
      /labels from 0 to 9, got 10 for image 0/,
    );
  });

  test.skipIf(!existsSync(new URL('cifar10-t500/t500_batch.bin', shared)))(
    '500 images (skipped where ../shared is missing)',
    () => {
      expect(readCifar10(sharedFile('cifar10-t500/t500_batch.bin')).images.shape).toEqual([
        500, 3, 32, 32,
      ]);
    },
  );
});
