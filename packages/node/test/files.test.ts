import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOutputFolder, readInputFile, writeFilesAtomically } from '../src/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'floatpath-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (...names: string[]): string => join(folder, ...names);

describe('readInputFile', () => {
  it('reads bytes', async () => {
    writeFileSync(inFolder('a'), Uint8Array.of(1, 2, 3));
    expect(await readInputFile(inFolder('a'))).toEqual(Uint8Array.of(1, 2, 3));
  });

  it.each([
    ['missing', {}, 'file-not-found', 'got nothing there'],
    ['file/below', {}, 'file-not-found', 'got nothing there'],
    ['.', {}, 'file-not-readable', 'got a directory'],
    ['file', { maximumBytes: 3 }, 'file-not-readable', 'at most 3 bytes, got 4 bytes'],
  ])('refuses %s', async (name, options, code, message) => {
    writeFileSync(inFolder('file'), 'four');
    await expect(readInputFile(inFolder(name), options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it.skipIf(!existsSync('/dev/zero'))('refuses a device, which may have no end', async () => {
    await expect(readInputFile('/dev/zero')).rejects.toMatchObject({
      code: 'file-not-readable',
      message: expect.stringContaining('got a device'),
    });
  });
});

describe('checkOutputFolder', () => {
  it('leaves nothing behind', async () => {
    await checkOutputFolder(inFolder('new', 'deep', 'folder'));
    await checkOutputFolder(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a path below a file', async () => {
    writeFileSync(inFolder('file'), '');
    await expect(checkOutputFolder(inFolder('file', 'out'))).rejects.toMatchObject({
      code: 'output-not-writable',
    });
    await expect(checkOutputFolder(inFolder('file'))).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });

  it('accepts only replaceable files, their unfinished ones included, unless forced', async () => {
    const replaceable = ['report.json'];
    writeFileSync(inFolder('report.json'), 'old');
    writeFileSync(inFolder('.report.json.123.tmp'), 'half');
    await checkOutputFolder(folder, { replaceable });
    await expect(checkOutputFolder(folder)).rejects.toMatchObject({ code: 'output-exists' });
    writeFileSync(inFolder('thesis.tex'), '');
    await expect(checkOutputFolder(folder, { replaceable })).rejects.toMatchObject({
      code: 'output-exists',
      message: expect.stringContaining('"thesis.tex"'),
    });
    await checkOutputFolder(folder, { replaceable, force: true });
  });
});

describe('writeFilesAtomically', () => {
  it('writes text and bytes into a new folder', async () => {
    await writeFilesAtomically(inFolder('a', 'b'), { text: 'x', bytes: Uint8Array.of(7) });
    expect(readdirSync(inFolder('a', 'b')).sort()).toEqual(['bytes', 'text']);
    expect(readFileSync(inFolder('a', 'b', 'bytes'))[0]).toBe(7);
  });

  it('does not put a file in the place of a link, a device or a folder', async () => {
    symlinkSync('/dev/null', inFolder('link'));
    mkdirSync(inFolder('sub'));
    for (const name of ['link', 'sub']) {
      await expect(
        writeFilesAtomically(folder, { other: 'x', [name]: 'x' }, { force: true }),
      ).rejects.toMatchObject({ code: 'output-not-writable' });
    }
    expect(readdirSync(folder).sort()).toEqual(['link', 'sub']);
  });

  it('replaces nothing and leaves nothing when one file cannot be written', async () => {
    const out = inFolder('out');
    mkdirSync(join(out, 'second', 'occupied'), { recursive: true });
    writeFileSync(join(out, 'first'), 'old');
    const files = { first: 'new', 'no/such/folder': 'new' };
    await expect(writeFilesAtomically(out, files, { force: true })).rejects.toMatchObject({
      code: 'output-not-writable',
    });
    expect(readdirSync(out).sort()).toEqual(['first', 'second']);
    expect(readFileSync(join(out, 'first'), 'utf8')).toBe('old');
  });
});

it.skipIf(process.platform !== 'linux')(
  'a file system that denies the folders it has is refused at once, not asked for ever',
  async () => {
    await expect(checkOutputFolder('/proc/floatpath/report')).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  },
  10_000,
);
