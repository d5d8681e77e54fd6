import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildFingerprint, installFingerprint } from './bootstrap/fingerprint.mjs';
import { withLock } from './bootstrap/lock.mjs';
import { nodeVersionProblem } from './bootstrap/node-version.mjs';

let root = '';

function write(path: string, text = ''): string {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, text);
  return at;
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'floatpath-bootstrap-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

test.each(['20.19.0', '20.20.2', '22.13.0', '22.23.3', '24.0.0', '25.1.0', '26.0.0'])(
  'Node %s will do',
  (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  },
);

test.each(['16.20.2', '18.20.8', '20.18.3', '21.7.3', '22.12.0', '23.11.0'])(
  'Node %s is refused in one sentence that names it',
  (version) => {
    expect(nodeVersionProblem(version)).toMatch(new RegExp(`^expected Node .* got ${version} .*$`));
  },
);

test('jobs under one lock never overlap', async () => {
  let running = 0;
  const job = async () => {
    running += 1;
    expect(running).toBe(1);
    await sleep(20);
    running -= 1;
  };
  const lock = join(root, 'lock');
  await Promise.all([withLock(lock, job), withLock(lock, job), withLock(lock, job)]);
  expect(existsSync(lock)).toBe(false);
});

test('a job that fails frees the lock', async () => {
  const lock = join(root, 'lock');
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.on('exit', resolve));
  return child.pid ?? 0;
}

test('the lock of a process that was killed is taken over', async () => {
  const pids = [await endedProcess()];
  write('lock/owner', JSON.stringify({ host: hostname(), pids }));
  expect(await withLock(join(root, 'lock'), () => 'done')).toBe('done');
});

test('the lock of a killed process is kept while a command that it started lives', async () => {
  const child = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60_000)']);
  const pids = [await endedProcess(), child.pid];
  write('lock/owner', JSON.stringify({ host: hostname(), pids }));
  let ended = false;
  setTimeout(() => {
    ended = child.kill('SIGKILL');
  }, 300);
  await withLock(join(root, 'lock'), () => expect(ended).toBe(true));
});

test('a lock that was never given an owner is taken over after a while', async () => {
  const lock = join(root, 'lock');
  mkdirSync(lock);
  const past = Date.now() / 1000 - 60;
  utimesSync(lock, past, past);
  expect(await withLock(lock, () => 'done')).toBe('done');
});

test('the installation depends on the lockfile and on every manifest', () => {
  const lockfile = ['pnpm-lock.yaml', 'a'] as const;
  write(...lockfile);
  write('package.json', '{}');
  write('packages/core/package.json', '{}');
  write('apps/cli/package.json', '{}');
  const before = installFingerprint(root);
  expect(installFingerprint(root)).toBe(before);
  write('packages/core/src/index.ts', 'export {};');
  expect(installFingerprint(root)).toBe(before);
  write('apps/cli/package.json', '{"version":"2"}');
  expect(installFingerprint(root)).not.toBe(before);
  write('apps/cli/package.json', '{}');
  expect(installFingerprint(root)).toBe(before);
  write('pnpm-lock.yaml', 'b');
  expect(installFingerprint(root)).not.toBe(before);
});

test('the build depends on sources of any package and on the program itself, not on tests', () => {
  write('packages/core/src/deep/a.ts', 'a');
  write('apps/cli/src/main.ts', 'm');
  const program = write('apps/cli/dist/main.js', 'p');
  const before = buildFingerprint(root);
  write('packages/core/src/deep/a.test.ts', 't');
  expect(buildFingerprint(root)).toBe(before);
  write('packages/core/src/deep/a.ts', 'changed');
  const changed = buildFingerprint(root);
  expect(changed).not.toBe(before);
  rmSync(program);
  expect(buildFingerprint(root)).not.toBe(changed);
});

test('npx finds the program in a clone that was made ready', { timeout: 60_000 }, () => {
  const cwd = dirname(import.meta.dirname);
  const npx = ['--no-install', 'floatpath', '--version'];
  const { status, stdout } = spawnSync('npx', npx, { cwd, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
});
