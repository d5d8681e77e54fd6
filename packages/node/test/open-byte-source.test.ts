import { mkdtempSync, openSync, rmSync, ftruncateSync, writeSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCifar10 } from '@floatpath/model-io/datasets';
import { afterAll, describe, expect, test } from 'vitest';
import { openByteSource } from '../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'floatpath-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RECORD = 3073;
const MEGABYTE = 2 ** 20;

describe('openByteSource', () => {
  test('opens a data set of 10 GB and reads rows of it in little memory', async () => {
    const path = join(folder, 'large.bin');
    const count = Math.ceil(10e9 / RECORD);
    const file = openSync(path, 'w');
    // Sparse: the file system stores the written record only.
    ftruncateSync(file, count * RECORD);
    writeSync(file, Uint8Array.of(9, 255), 0, 2, (count - 1) * RECORD);
    closeSync(file);
    const { heapUsed, external } = process.memoryUsage();
    await using source = await openByteSource(path);
    const rows = await openCifar10(source);
    expect(rows.count).toBe(count);
    const { images, labels } = await rows.read(Uint32Array.of(0, 1, count - 1));
    expect([...labels]).toEqual([0, 0, 9]);
    expect(images.data[2 * 3072]).toBe(1);
    const after = process.memoryUsage();
    expect(after.heapUsed + after.external - heapUsed - external).toBeLessThan(64 * MEGABYTE);
  });

  test('refuses what is not there, naming it', async () => {
    await expect(openByteSource(join(folder, 'nothing'))).rejects.toThrow(
      expect.objectContaining({ code: 'file-not-found' }),
    );
    await using directory = await openByteSource(folder);
    await expect(directory.read(0, 10)).rejects.toThrow(
      expect.objectContaining({ code: 'file-not-readable' }),
    );
  });
});
