import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  datasetFromNpz,
  openCifar10,
  openCifar100,
  openIdx,
  openNpz,
  readCifar10,
  readCifar100,
  readIdx,
  sourceOf,
  writeNpz,
  type Dataset,
  type DatasetRows,
} from '../src/datasets/index.js';
import { fromBase64, golden } from './support/golden-numpy.js';

const COUNT = 7;
const bytesOf = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 37) % 251);

const images = Uint8Array.from([
  0,
  0,
  8,
  3,
  0,
  0,
  0,
  COUNT,
  0,
  0,
  0,
  2,
  0,
  0,
  0,
  3,
  ...bytesOf(COUNT * 6),
]);
const labels = Uint8Array.from([
  0,
  0,
  8,
  1,
  0,
  0,
  0,
  COUNT,
  ...Array.from({ length: COUNT }, (_, i) => i % 4),
]);
const records = (labelBytes: number): Uint8Array =>
  bytesOf(COUNT * (labelBytes + 3072)).map((byte, i) =>
    i % (labelBytes + 3072) < labelBytes ? byte % 10 : byte,
  );
const npz = writeNpz({
  x: { dtype: 'uint8', shape: [COUNT, 1, 2, 2], data: bytesOf(COUNT * 4) },
  y: {
    dtype: 'int64',
    shape: [COUNT],
    data: BigInt64Array.from({ length: COUNT }, (_, i) => BigInt(i)),
  },
});

const cases: readonly (readonly [string, Dataset, () => Promise<DatasetRows>])[] = [
  ['IDX', readIdx(images, labels), () => openIdx(sourceOf(images), sourceOf(labels))],
  ['CIFAR-10', readCifar10(records(1)), () => openCifar10(sourceOf(records(1)))],
  ['CIFAR-100', readCifar100(records(2)), () => openCifar100(sourceOf(records(2)))],
  [
    'CIFAR-100, coarse',
    readCifar100(records(2), 'coarse'),
    () => openCifar100(sourceOf(records(2)), 'coarse'),
  ],
  ['npz', datasetFromNpz(npz), () => openNpz(sourceOf(npz))],
];

describe('rows read one by one', () => {
  test.each(cases)('%s: are those of the whole file, in any order', async (_, whole, open) => {
    const rows = await open();
    expect(rows.count).toBe(COUNT);
    const size = whole.images.data.length / COUNT;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(COUNT - 1), { minLength: 1, maxLength: 12 }),
        async (wanted) => {
          const part = await rows.read(Uint32Array.from(wanted));
          expect(part.images.shape).toEqual([wanted.length, ...whole.images.shape.slice(1)]);
          expect([...part.labels]).toEqual(wanted.map((i) => whole.labels[i]));
          expect([...part.images.data]).toEqual(
            wanted.flatMap((i) => [...whole.images.data.subarray(i * size, (i + 1) * size)]),
          );
          expect(part.names).toEqual(whole.names);
        },
      ),
    );
    await expect(rows.read(Uint32Array.of(COUNT))).rejects.toThrow(
      `rows below ${COUNT}, got ${COUNT}`,
    );
  });

  test('an archive that NumPy stored is read', async () => {
    const rows = await openNpz(sourceOf(fromBase64(golden.npz.stored)));
    const whole = datasetFromNpz(fromBase64(golden.npz.stored));
    const all = await rows.read(Uint32Array.from({ length: rows.count }, (_, i) => i));
    expect(all).toEqual(whole);
  });

  test.each<[string, () => Promise<DatasetRows>, string, RegExp]>([
    [
      'gzip',
      () => openCifar10(sourceOf(Uint8Array.of(0x1f, 0x8b, 8))),
      'unsupported-format',
      /not compressed, got gzip; unpack it/,
    ],
    [
      'a compressed archive',
      () => openNpz(sourceOf(fromBase64(golden.npz.deflated))),
      'unsupported-format',
      /without compression/,
    ],
    [
      'a cut archive',
      () => openNpz(sourceOf(npz.subarray(0, -30))),
      'malformed-file',
      /its directory|truncated/,
    ],
    [
      'cut images',
      () => openIdx(sourceOf(images.subarray(0, -1)), sourceOf(labels)),
      'malformed-file',
      /expected 58 bytes of images for \[7, 2, 3\], got 57/,
    ],
    [
      'cut records',
      () => openCifar100(sourceOf(records(2).subarray(1))),
      'malformed-file',
      /whole records of 3074 bytes/,
    ],
    [
      'an archive of other arrays',
      () =>
        openNpz(sourceOf(writeNpz({ a: { dtype: 'uint8', shape: [1], data: Uint8Array.of(1) } }))),
      'invalid-data',
      /images under "x" or "images", got arrays "a.npy"/,
    ],
  ])('%s is refused', async (_, open, code, message) => {
    await expect(open()).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error,
    );
  });
});

describe('readCifar100', () => {
  test('takes the second byte for the class and the first for its group', () => {
    const file = records(2);
    file.set([19, 99], 0);
    expect(readCifar100(file).labels[0]).toBe(99);
    expect(readCifar100(file).names?.[99]).toBe('worm');
    expect(readCifar100(file, 'coarse').labels[0]).toBe(19);
    expect(readCifar100(file, 'coarse').names).toHaveLength(20);
    expect(readCifar100(file).names).toHaveLength(100);
    file[0] = 20;
    expect(() => readCifar100(file, 'coarse')).toThrow('labels from 0 to 19, got 20 for image 0');
  });
});
