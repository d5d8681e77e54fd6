import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Float32Tensor } from '@floatpath/core';
import { writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { parseDataSpec, selectedIndices, selectionName } from '../src/data-spec.js';
import { loadData } from '../src/load-data.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const bytesOf = ({ data }: Float32Tensor): Uint8Array => new Uint8Array(data.buffer);

describe('parseDataSpec', () => {
  it.each([
    ['mnist:test', { kind: 'mnist', part: 'test' }],
    ['mnist:sample', { kind: 'mnist', part: 'sample' }],
    ['idx:a/images.gz,b/labels', { kind: 'idx', images: 'a/images.gz', labels: 'b/labels' }],
    ['cifar10:data_batch_1.bin', { kind: 'cifar10', file: 'data_batch_1.bin' }],
    ['npz:C:\\data\\x.npz', { kind: 'npz', file: 'C:\\data\\x.npz' }],
  ])('%s', (text, spec) => {
    expect(parseDataSpec(text)).toEqual(spec);
  });

  it.each([
    '',
    'mnist',
    'mnist:',
    'mnist:all',
    'idx:a',
    'idx:a,',
    'idx:a,b,c',
    'npz:',
    'photos',
    ':x',
  ])('refuses %j and names the forms it takes', (text) => {
    expect(() => parseDataSpec(text)).toThrow(
      `--data: expected mnist:test, mnist:train, mnist:sample, idx:IMAGES,LABELS, cifar10:FILE, cifar100:FILE, cifar100-coarse:FILE, npz:FILE or dir:FOLDER, got "${text}"`,
    );
  });
});

describe('selection', () => {
  it('skips, thins out and limits, and keeps the identity of each image', () => {
    const all = { limit: 100, skip: 0, every: 1 };
    expect([...selectedIndices(3, all)]).toEqual([0, 1, 2]);
    expect([...selectedIndices(20, { limit: 3, skip: 5, every: 4 })]).toEqual([5, 9, 13]);
    expect([...selectedIndices(10, { limit: 9, skip: 5, every: 4 })]).toEqual([5, 9]);
    expect(() => selectedIndices(3, { ...all, skip: 3 })).toThrow(
      '--skip: expected fewer than the 3 images of the data, got "3"',
    );
  });

  it('is named as reports print it', () => {
    expect(selectionName('MNIST test', Uint32Array.of(0, 1, 2), 1)).toBe('MNIST test images 0-2');
    expect(selectionName('a.npz', Uint32Array.of(5, 9), 4)).toBe('a.npz images 5-9, one in 4');
    expect(selectionName('a.npz', Uint32Array.of(7), 4)).toBe('a.npz image 7');
  });
});

describe('loadData', () => {
  const two = { limit: 2, skip: 3, every: 2 };

  it('takes the selected images with their labels', async () => {
    const values = Float32Array.from({ length: 40 }, (_, i) => i / 40);
    const images = { dtype: 'float32', shape: [10, 1, 2, 2], data: values } as const;
    const labels = {
      dtype: 'int32',
      shape: [10],
      data: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    } as const;
    writeFileSync(inFolder('a.npz'), writeNpz({ x: images, y: labels }));
    const data = await loadData({ kind: 'npz', file: inFolder('a.npz') }, two);
    expect(data.name).toBe('a.npz images 3-5, one in 2');
    expect([...data.ids]).toEqual([3, 5]);
    expect([...data.labels]).toEqual([3, 5]);
    expect(data.images.shape).toEqual([2, 1, 2, 2]);
    expect(data.images.data).toEqual(
      Float32Array.of(...values.slice(12, 16), ...values.slice(20, 24)),
    );
  });

  it('mnist:sample is the beginning of mnist:test, cut with the same bytes each time', async () => {
    const script = fileURLToPath(new URL('../scripts/make-sample.mjs', import.meta.url));
    for (const name of ['one', 'two']) execFileSync(process.execPath, [script, inFolder(name)]);
    const pair = (folder: string): [string, string] => [
      inFolder(folder, 'mnist-sample-images-idx3-ubyte.gz'),
      inFolder(folder, 'mnist-sample-labels-idx1-ubyte.gz'),
    ];
    for (const i of [0, 1]) {
      const [one, two] = [pair('one')[i] as string, pair('two')[i] as string];
      expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    }
    const [images, labels] = pair('one');
    const whole = { limit: 1000, skip: 0, every: 1 };
    const sample = await loadData({ kind: 'idx', images, labels }, whole);
    const test = await loadData({ kind: 'mnist', part: 'test' }, { ...whole, limit: 400 });
    expect(sample.images.shape).toEqual([400, 1, 28, 28]);
    expect(Buffer.compare(bytesOf(sample.images), bytesOf(test.images))).toBe(0);
    expect(sample.labels).toEqual(test.labels);
    // The first labels of the MNIST test set, as everybody knows them.
    expect([...test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  });
});
