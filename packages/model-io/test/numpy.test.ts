import { float32Tensor, FloatpathError, int64Tensor } from '@floatpath/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  datasetFromNpz,
  readNpy,
  readNpz,
  writeNpy,
  writeNpz,
  type NpyArray,
} from '../src/datasets/index.js';
import { fromBase64, golden } from './support/golden-numpy.js';

const { images } = golden;

describe('readNpy', () => {
  test.each(Object.entries(golden.npy))('what NumPy saved as %s', (_, { file, shape, values }) => {
    const array = readNpy(fromBase64(file));
    expect(array.shape).toEqual(shape);
    expect(Array.from(array.data, Number)).toEqual(
      values.map((value) => (value === 'inf' ? Infinity : Number(value))),
    );
  });

  test('objects are refused', () => {
    const bytes = fromBase64(golden.npy['vector']?.file ?? '');
    const text = Buffer.from(bytes).toString('latin1').replace("'<f4'", "'|O' ");
    expect(() => readNpy(new Uint8Array(Buffer.from(text, 'latin1')))).toThrow(
      expect.objectContaining({ code: 'unsupported-format' }),
    );
  });

  test('truncated values are named by their byte counts', () => {
    const bytes = fromBase64(golden.npy['f8']?.file ?? '');
    expect(() => readNpy(bytes.subarray(0, -1))).toThrow(
      /expected 48 bytes of values for shape \[2, 3\], got 47/,
    );
  });
});

describe('writeNpy', () => {
  test('gives the bytes that NumPy gives', () => {
    for (const name of [
      'f4',
      'f8',
      'i1',
      'i4',
      'i8',
      'u1',
      'u8',
      '?',
      'scalar',
      'vector',
      'empty',
    ]) {
      const bytes = fromBase64(golden.npy[name]?.file ?? '');
      expect(writeNpy(readNpy(bytes)), name).toEqual(bytes);
    }
  });

  test('what was written reads back equal', () => {
    const arrays = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const list = { minLength: size, maxLength: size };
      return fc.oneof(
        fc.float32Array({ ...list }).map((data): NpyArray => float32Tensor(shape, data)),
        fc.bigInt64Array({ ...list }).map((data): NpyArray => int64Tensor(shape, data)),
        fc.uint8Array({ ...list }).map((data): NpyArray => ({ dtype: 'uint8', shape, data })),
      );
    });
    fc.assert(
      fc.property(arrays, (array) => {
        expect(readNpy(writeNpy(array))).toEqual(array);
      }),
    );
    fc.assert(
      fc.property(arrays, arrays, (a, b) => {
        const bytes = writeNpz({ a, b });
        expect(Object.fromEntries(readNpz(bytes))).toEqual({ a, b });
        expect(writeNpz({ a, b })).toEqual(bytes);
      }),
    );
  });
});

describe('datasetFromNpz', () => {
  test.each(['stored', 'deflated'] as const)('%s: images in [0, 1] and integer labels', (kind) => {
    const dataset = datasetFromNpz(fromBase64(golden.npz[kind]));
    expect(dataset.images.shape).toEqual([2, 1, 2, 3]);
    expect(Array.from(dataset.images.data)).toEqual(images.scaled);
    expect(Array.from(dataset.labels)).toEqual(images.labels);
  });

  test.each([
    ['nan', /NaN in image 0/],
    ['counts', /1 labels and 2 images/],
  ] as const)('%s is refused', (kind, message) => {
    expect(() => datasetFromNpz(fromBase64(golden.npz[kind]))).toThrow(message);
  });

  test('missing arrays are named', () => {
    const bytes = writeNpz({ x: float32Tensor([1, 1]), z: float32Tensor([1]) });
    expect(() => datasetFromNpz(bytes)).toThrow(
      /labels under "y" or "labels", got arrays "x", "z"/,
    );
  });

  test('damaged archives give a coded error', () => {
    const files = [golden.npz.stored, golden.npz.deflated].map(fromBase64);
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.nat(),
        fc.nat(255),
        fc.boolean(),
        (file, at, byte, cut) => {
          const bytes = cut ? file.slice(0, at % file.length) : file.slice();
          if (!cut) bytes[at % bytes.length] = byte;
          try {
            datasetFromNpz(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(FloatpathError);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('a flipped bit of the values is caught by the checksum', () => {
    const bytes = writeNpz({ x: float32Tensor([1, 2], [1, 2]), y: int64Tensor([1], [0]) });
    const at = bytes.findIndex((_, i) => bytes[i] === 0x80 && bytes[i + 1] === 0x3f);
    bytes[at] = 0x81;
    expect(() => readNpz(bytes)).toThrow(/checksum of entry "x.npy"/);
  });
});
