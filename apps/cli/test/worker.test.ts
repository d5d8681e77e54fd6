import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured, type Captured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 6;
const model = inFolder('quarter.onnx');
writeFileSync(model, writeOnnx(quarterNetwork()));
writeFileSync(
  inFolder('data.npz'),
  writeNpz({
    x: float32Tensor([COUNT, 4], brightQuarters(COUNT)),
    y: int64Tensor(
      [COUNT],
      Array.from({ length: COUNT }, (_, i) => i % 4),
    ),
  }),
);
const certify = (out: string, flags: readonly string[]): Promise<Captured> =>
  runCaptured([
    ...['certify', model, '--data', `npz:${inFolder('data.npz')}`, '--sigma', '.25', '--n', '400'],
    ...['--workers', '1', '--quiet', '--out', inFolder(out), ...flags],
  ]);

it('refuses addresses with secrets, and what workers cannot open', async () => {
  const worker = await runCaptured(['worker', model, '--redis', 'redis://:word@localhost']);
  expect(worker.status).toBe(2);
  expect(worker.stderr).toContain('FLOATPATH_REDIS_PASSWORD');
  expect(worker.stderr).not.toContain('word@');
  expect((await runCaptured(['worker', model])).stderr).toContain('expected --redis, got none');
  const redis = ['--redis', 'redis://127.0.0.1:1'];
  const split = await certify('split.jsonl', [...redis, '--noise', 'splitting']);
  expect(split.status).toBe(2);
  expect(split.stderr).toContain('leave --redis out');
  expect(existsSync(inFolder('split.jsonl.partial'))).toBe(false);
  const nobody = await certify('nobody.jsonl', redis);
  expect(nobody.status).toBe(3);
  expect(nobody.stderr).toContain('expected Redis to answer at 127.0.0.1:1');
});

const installed = spawnSync('redis-server', ['--version']).status === 0;
if (!installed) console.warn('worker.test: skipped, redis-server is not installed');

describe.skipIf(!installed)('certify --redis and worker', () => {
  let stop: () => void = () => undefined;
  let redis: readonly string[] = [];
  beforeAll(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const options = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      inFolder(),
    ];
    const server = spawn('redis-server', options);
    stop = () => void server.kill('SIGKILL');
    for await (const chunk of server.stdout)
      if (String(chunk).includes('Ready to accept connections')) break;
    redis = ['--redis', `redis://127.0.0.1:${port}`];
  });
  afterAll(() => stop());

  it('make the bytes that one process makes', async () => {
    const work = ['worker', model, ...redis, '--idle', '3', '--quiet'];
    const workers = [runCaptured(work), runCaptured(work)];
    expect(await certify('queued.jsonl', redis)).toMatchObject({ status: 0, stderr: '' });
    expect(await certify('alone.jsonl', [])).toMatchObject({ status: 0 });
    expect(readFileSync(inFolder('queued.jsonl'))).toEqual(readFileSync(inFolder('alone.jsonl')));
    const ends = await Promise.all(workers);
    const done = ends.map(({ stdout }) => Number(/^(\d+) jobs? done\n$/.exec(stdout)?.[1]));
    expect((done[0] ?? 0) + (done[1] ?? 0)).toBe(2 * COUNT);
    expect(ends.map(({ status }) => status)).toEqual([0, 0]);
  }, 60_000);
});
