import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWholeCounts, type CountsHeader, type CountsRow } from '@floatpath/smoothing';
import { appendDurably } from '../src/append-durably.js';
import { openCountsFile, partialName } from '../src/index.js';
import { childHeader, childImages } from './counting-child-header.js';
import { bundledModule } from './counting-worker-module.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'floatpath-counts-'));
  path = join(folder, 'counts.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rows = [0, 1, 2].map((image): CountsRow => ({
  image,
  label: 1,
  purpose: 'estimation',
  from: 0,
  n: 200,
  rejected: 0,
  counts: [image, 200 - image],
  offGrid: 0,
}));

async function write(all: readonly CountsRow[], resume = false): Promise<readonly CountsRow[]> {
  await using file = await openCountsFile(path, childHeader, { resume });
  for (const row of all.slice(file.rows.length)) await file.append([row]);
  await file.finish();
  return file.rows;
}

describe('openCountsFile', () => {
  it('writes what smoothing reads, under its name only when it is finished', async () => {
    const file = await openCountsFile(path, childHeader, { resume: false });
    await file.append(rows);
    expect(existsSync(path)).toBe(false);
    await file.finish();
    expect(readWholeCounts(readFileSync(path, 'latin1'))).toEqual({ header: childHeader, rows });
    expect(existsSync(partialName(path))).toBe(false);
  });

  it('makes the same file from whatever was left of it, cut at any byte', async () => {
    await write(rows);
    const whole = readFileSync(path);
    for (let length = 0; length <= whole.length; length += 7) {
      rmSync(path, { force: true });
      writeFileSync(partialName(path), whole.subarray(0, length));
      const kept = await write(rows, true);
      expect(readFileSync(path).equals(whole)).toBe(true);
      const head = whole.indexOf('\n');
      expect(kept.length).toBe(
        length <= head
          ? 0
          : whole
              .subarray(head + 1, length)
              .toString()
              .split('\n').length - 1,
      );
    }
  });

  it('draws again from a line that a bit changed in', async () => {
    await write(rows);
    const whole = readFileSync(path);
    const damaged = Buffer.from(whole);
    const inSecondRow = whole.indexOf('"image":1') + 30;
    damaged[inSecondRow] = (damaged[inSecondRow] ?? 0) ^ 1;
    writeFileSync(path, damaged);
    const file = await openCountsFile(path, childHeader, { resume: true });
    expect(file.damagedLine).toBe(3);
    expect(file.rows).toEqual(rows.slice(0, 1));
    await file.append(rows.slice(1));
    await file.finish();
    expect(readFileSync(path).equals(whole)).toBe(true);
  });

  it('goes on with a finished file', async () => {
    await write(rows.slice(0, 2));
    expect(await write(rows, true)).toHaveLength(2);
    expect(readWholeCounts(readFileSync(path, 'latin1')).rows).toEqual(rows);
  });

  it('refuses a file that is there, counts of another run, and files of others, and leaves them alone', async () => {
    await write(rows);
    await expect(write(rows)).rejects.toMatchObject({ code: 'output-exists' });
    const other: CountsHeader = { ...childHeader, noise: { kind: 'gaussian', sigma: 0.5 } };
    await expect(openCountsFile(path, other, { resume: true })).rejects.toMatchObject({
      code: 'invalid-data',
      message: expect.stringContaining('expected counts with noise') as string,
    });
    for (const text of ['not ours', 'not ours\n', '\u0000']) {
      writeFileSync(path, text);
      await expect(write(rows, true)).rejects.toMatchObject({ code: 'malformed-file' });
      expect(readFileSync(path, 'latin1')).toBe(text);
    }
    const nowhere = join(folder, 'missing', 'counts.jsonl');
    await expect(openCountsFile(nowhere, childHeader, { resume: false })).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });
});

describe('appendDurably', () => {
  it('writes on where the disk took a part, and passes on its refusal', async () => {
    const taken: [string, number][] = [];
    const small = {
      write: (bytes: Buffer, at: number, length: number, position: number) => {
        const bytesWritten = Math.min(4, length);
        taken.push([bytes.toString('latin1', at, at + bytesWritten), position]);
        if (position >= 18) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        return Promise.resolve({ bytesWritten, buffer: bytes });
      },
      datasync: () => Promise.resolve(),
    };
    await appendDurably(small as never, 'abcdefghi', 0);
    expect(taken).toEqual([
      ['abcd', 0],
      ['efgh', 4],
      ['i', 8],
    ]);
    await expect(appendDurably(small as never, 'abcdefghi', 10)).rejects.toMatchObject({
      code: 'ENOSPC',
    });
  });

  // A process may write files up to a limit; what happens then is what happens on a full disk.
  it.skipIf(process.platform === 'win32')(
    'a run that meets a full disk fails with a code, and resume finishes it',
    async () => {
      const module = await bundledModule('test/counting-child.ts');
      try {
        const child = fileURLToPath(module.entry);
        const limited = `trap '' XFSZ; ulimit -f 8; exec "${process.execPath}" "${child}" "${path}"`;
        await expect(promisify(execFile)('bash', ['-c', limited])).rejects.toMatchObject({
          stderr: expect.stringContaining('output-not-writable') as string,
        });
        const left = readFileSync(partialName(path), 'latin1');
        expect(readWholeCounts(left).rows.length).toBeGreaterThan(5);
        await promisify(execFile)(process.execPath, [child, path]);
        const { rows: all } = readWholeCounts(readFileSync(path, 'latin1'));
        expect(all).toHaveLength(2 * childImages);
      } finally {
        module.remove();
      }
    },
  );
});

describe('a run that is killed again and again', () => {
  it('ends with the bytes of a run that was not', async () => {
    const module = await bundledModule('test/counting-child.ts');
    try {
      const child = fileURLToPath(module.entry);
      const straight = join(folder, 'straight.jsonl');
      await promisify(execFile)(process.execPath, [child, straight]);
      let kills = 0;
      for (let attempt = 0; attempt < 100 && !existsSync(path); attempt += 1) {
        const run = spawn(process.execPath, [child, path], { stdio: 'ignore' });
        const ended = new Promise((resolve) => run.once('exit', resolve));
        // The first kills come while Node starts, later ones between any two system calls.
        const patience = setTimeout(() => run.kill('SIGKILL'), 60 + 23 * attempt);
        await ended;
        clearTimeout(patience);
        if (run.signalCode === 'SIGKILL') kills += 1;
      }
      expect(kills).toBeGreaterThan(1);
      expect(readFileSync(path).equals(readFileSync(straight))).toBe(true);
    } finally {
      module.remove();
    }
  });
});
