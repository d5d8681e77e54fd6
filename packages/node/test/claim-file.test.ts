import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimFile } from '../src/index.js';
import { bundledModule } from './counting-worker-module.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'floatpath-claim-'));
  path = join(folder, 'counts.jsonl.partial');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const claimOf = (pid: number, more: object = {}): void =>
  writeFileSync(
    `${path}.${pid}.lock`,
    JSON.stringify({ pid, host: hostname(), started: null, ...more }),
  );
/** Larger than any process number of Linux, macOS or Windows. */
const NOBODY = 2 ** 30;

it('is held by one at a time, and leaves nothing behind', async () => {
  const claim = await claimFile(path);
  await expect(claimFile(path)).rejects.toMatchObject({
    code: 'output-not-writable',
    message: expect.stringContaining(`got process ${process.pid} at work on it`) as string,
  });
  await (await claimFile(`${path}2`))[Symbol.asyncDispose]();
  await claim[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual([]);
});

it('says why a file cannot lie where it is to be written', async () => {
  writeFileSync(path, '');
  const told = (words: string) =>
    expect.objectContaining({
      code: 'output-not-writable',
      message: expect.stringContaining(words) as string,
    }) as Error;
  await expect(claimFile(join(folder, 'none', 'x'))).rejects.toThrow(
    told('got ENOENT; make its folder, or choose another --out'),
  );
  await expect(claimFile(join(path, 'x'))).rejects.toThrow(told('got ENOTDIR; choose another'));
});

it('takes away what killed processes left, whatever number they had', async () => {
  claimOf(NOBODY);
  claimOf(process.pid, { started: 'an earlier boot 17' });
  writeFileSync(`${path}.${NOBODY + 1}.lock`, '{"pid":');
  if (process.platform === 'linux') claimOf(process.ppid, { started: 'an earlier boot 17' });
  const claim = await claimFile(path);
  expect(readdirSync(folder)).toHaveLength(1);
  await claim[Symbol.asyncDispose]();
});

it('respects processes that may be at work, here and on other machines, and names the file to delete', async () => {
  claimOf(process.ppid);
  await expect(claimFile(path)).rejects.toThrow(`got process ${process.ppid} at work`);
  expect(readdirSync(folder)).toHaveLength(1);
  rmSync(`${path}.${process.ppid}.lock`);
  claimOf(NOBODY, { host: 'elsewhere' });
  await expect(claimFile(path)).rejects.toThrow(/on elsewhere at work.*delete .*\.lock/);
});

it('never lets two runs of several into a counts file', async () => {
  const module = await bundledModule('test/counting-child.ts');
  try {
    const child = fileURLToPath(module.entry);
    const run = (file: string): Promise<{ code: number | null; text: string }> =>
      new Promise((resolve) => {
        const started = spawn(process.execPath, [child, file], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let text = '';
        started.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
        started.once('close', (code) => resolve({ code, text }));
      });
    const [straight, shared] = [join(folder, 'straight.jsonl'), join(folder, 'shared.jsonl')];
    await run(straight);
    const claim = await claimFile(`${shared}.partial`);
    expect((await run(shared)).text).toContain(`got process ${process.pid} at work on it`);
    await claim[Symbol.asyncDispose]();
    const runs = await Promise.all(Array.from({ length: 4 }, () => run(shared)));
    for (const { code, text } of runs)
      if (code !== 0) expect(text).toContain('output-not-writable');
    // Whoever comes first after that finishes the file.
    await run(shared);
    expect(readFileSync(shared).equals(readFileSync(straight))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  } finally {
    module.remove();
  }
}, 60_000);
