// The HDF5 reader against h5wasm, which is the HDF5 library itself.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import h5wasm, { Dataset, File, Group as WasmGroup } from 'h5wasm/node';
import { afterAll, describe, expect, test } from 'vitest';
import { openHdf5, type Group } from '../../src/keras/hdf5/open.js';
import { kerasFile, kerasNames } from '../support/golden-keras.js';

await h5wasm.ready;
// In Node the library reads and writes real files.
const scratch = mkdtempSync(join(tmpdir(), 'floatpath-h5-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function inLibrary<T>(bytes: Uint8Array, work: (file: File) => T): T {
  const path = join(scratch, 'read.h5');
  writeFileSync(path, bytes);
  const file = new File(path, 'r');
  try {
    return work(file);
  } finally {
    file.close();
  }
}

/** Compares all names, attributes of text, shapes and numbers; returns how many numbers there were. */
function expectEqual(ours: Group, theirs: File | WasmGroup): number {
  expect([...ours.names].sort()).toEqual([...theirs.keys()].sort());
  let count = 0;
  for (const name of Object.keys(theirs.attrs)) {
    const value = theirs.attrs[name]?.value;
    const texts = typeof value === 'string' ? [value] : value;
    if (Array.isArray(texts) && texts.every((text) => typeof text === 'string'))
      expect(ours.attribute(name)).toEqual(texts);
  }
  for (const name of theirs.keys()) {
    const child = theirs.get(name);
    if (child instanceof Dataset) {
      const dataset = ours.dataset(name);
      const value = child.value;
      const numbers = typeof value === 'object' && value !== null ? value : [value];
      expect(dataset?.shape).toEqual(child.shape);
      const wanted = Float64Array.from(numbers as ArrayLike<number>, Number);
      expect(dataset?.values).toEqual(wanted);
      count += wanted.length;
    } else if (child instanceof WasmGroup) {
      count += expectEqual(ours.group(name) as Group, child);
    }
  }
  return count;
}

const agrees = (bytes: Uint8Array): number =>
  inLibrary(bytes, (file) => expectEqual(openHdf5(bytes), file));

test.each(kerasNames)('%s: every number and text is that of the library', (name) => {
  expect(agrees(kerasFile(name, 'h5'))).toBeGreaterThan(50);
  expect(agrees(kerasFile(name, 'weights.h5'))).toBeGreaterThan(50);
  const entries = unzipSync(kerasFile(name, 'keras'));
  expect(agrees(entries['model.weights.h5'] as Uint8Array)).toBeGreaterThan(50);
});

const folder = fileURLToPath(new URL('../../../../../shared/networks/keras', import.meta.url));
test.skipIf(!existsSync(folder))('third-party files of all generations agree too', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const found = files.filter((file) => file.endsWith('.h5'));
  expect(found.length).toBeGreaterThanOrEqual(5);
  for (const file of found)
    expect(agrees(new Uint8Array(readFileSync(join(folder, file))))).toBeGreaterThan(50);
});

describe('what the library writes on request', () => {
  /** Compared before it is closed, as the library keeps files open for their datasets. */
  function written(fill: (file: File) => void): Uint8Array {
    const name = join(scratch, `made-${(made += 1)}.h5`);
    const file = new File(name, 'w');
    fill(file);
    file.flush();
    const bytes = new Uint8Array(readFileSync(name));
    file.close();
    return bytes;
  }
  let made = 0;
  const values = Array.from({ length: 35 }, (_, i) => i * i - 7.25);
  const whole = values.map((value) => Math.abs(Math.trunc(value)) % 100);
  const data = (extra: object = {}): Uint8Array =>
    written((file) => {
      file.create_dataset({ name: 'x', data: Float32Array.from(values), shape: [5, 7], ...extra });
    });

  test.each([
    ['float64', Float64Array.from(values)],
    ['float32', Float32Array.from(values)],
    ['int8', Int8Array.from(whole)],
    ['uint8', Uint8Array.from(whole)],
    ['int16', Int16Array.from(whole)],
    ['uint16', Uint16Array.from(whole)],
    ['int32', Int32Array.from(whole)],
    ['uint32', Uint32Array.from(whole)],
    ['int64', BigInt64Array.from(whole, BigInt)],
  ])('numbers of type %s', (_, array) => {
    const bytes = written((file) => {
      file.create_dataset({ name: 'x', data: array, shape: [5, 7] });
    });
    expect(agrees(bytes)).toBe(35);
  });

  test.each([
    ['in chunks', { chunks: [2, 3] }],
    ['packed by gzip', { chunks: [2, 3], compression: 4 }],
    ['packed in one chunk', { chunks: [5, 7], compression: 'gzip' }],
  ])('%s', (_, extra) => {
    expect(agrees(data(extra))).toBe(35);
  });

  test('damaged chunks and truncated files are malformed', () => {
    const bytes = data({ chunks: [2, 3], compression: 9 });
    for (const length of [0, 7, 100, bytes.length - 1])
      expect(() => openHdf5(bytes.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'malformed-file' }),
      );
    const header = bytes.findIndex((_, i) => bytes[i] === 0x78 && bytes[i + 1] === 0xda);
    expect(header).toBeGreaterThan(0);
    bytes.fill(0xff, header, header + 8);
    expect(() => openHdf5(bytes).dataset('x')).toThrow(
      expect.objectContaining({
        code: 'malformed-file',
        message: expect.stringMatching(/byte \d+/) as string,
      }),
    );
  });
});
