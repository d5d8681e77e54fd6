import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcessCounting, type CountRequest, type OpenCounter } from '@floatpath/audit';
import { defaultPreprocessing, float32Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { fileHash, loadEngine, queueCounter } from '../src/index.js';
import { loadQueue } from '../src/load-queue.js';
import { bundledModule } from './counting-worker-module.js';
import { hasRedis, startRedis } from './redis-server.js';

const network = (bias: number) => ({
  name: 'tiny',
  inputs: [{ name: 'x', dtype: 'float32' as const, shape: ['batch' as const, 3] }],
  outputs: [{ name: 'y', dtype: 'float32' as const, shape: ['batch' as const, 2] }],
  nodes: [
    {
      name: 'layer',
      op: 'Gemm',
      inputs: ['x', 'W', 'b'],
      outputs: ['y'],
      attributes: { alpha: 1, beta: 1, transA: 0, transB: 0 },
    },
  ],
  constants: new Map([
    ['W', float32Tensor([3, 2], [1, 0.2, -0.4, 0.3, 0.1, 0.5])],
    ['b', float32Tensor([2], [bias, 0])],
  ]),
});
const noise = { kind: 'integer-gaussian', sigma: 0.25 } as const;
const request = (image: number, n: number, more: Partial<CountRequest> = {}): CountRequest => ({
  x: float32Tensor([1, 3], [0.5, (image % 5) / 5, 0.2]),
  image,
  seed: 3,
  purpose: 'estimation',
  n,
  batchSize: 40,
  ...more,
});

it('says what to install where the packages are missing', async () => {
  const missing = (): Promise<unknown> => Promise.reject(new Error('not there'));
  await expect(loadQueue({ bullmq: missing, ioredis: missing })).rejects.toMatchObject({
    code: 'engine-unavailable',
    message: expect.stringContaining('run npm install bullmq ioredis') as string,
  });
});

describe.skipIf(!hasRedis())('a queue on Redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'floatpath-queue-'));
  const model = join(folder, 'tiny.onnx');
  const bytes = writeOnnx(network(0.1));
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let module: Awaited<ReturnType<typeof bundledModule>>;
  const workers: ChildProcess[] = [];
  beforeAll(async () => {
    writeFileSync(model, bytes);
    [redis, module] = await Promise.all([
      startRedis(),
      bundledModule('test/queue-worker-child.ts'),
    ]);
  }, 60_000);
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await redis.stop();
    module.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  /** @returns the process, and what settles when it has done its first job */
  const work = (...files: string[]): { worker: ChildProcess; first: Promise<unknown> } => {
    const worker = spawn(process.execPath, [fileURLToPath(module.entry), redis.url, ...files]);
    workers.push(worker);
    return { worker, first: once(worker.stdout, 'data') };
  };
  const counter = async (file = bytes, more: object = {}): Promise<OpenCounter> => {
    const { engine } = await loadEngine('reference');
    return queueCounter({
      url: redis.url,
      environment: {},
      identity: { file: fileHash(file), engine: engine.name, version: 'test' },
      preprocessing: defaultPreprocessing,
      noise,
      drawsPerJob: 200,
      ...more,
    });
  };

  it('gives the counts of one process, whatever becomes of the workers', async () => {
    const { engine } = await loadEngine('reference');
    await using alone = await inProcessCounting(engine).open([network(0.1)], {
      bounds: [0, 1],
      noise,
    });
    await using queued = await counter();
    const requests = Array.from({ length: 3 }, (_, i) => request(i, 3_000));
    const answers = Promise.all(requests.map((one) => queued.count(one)));
    // The first is killed in the middle of a job.
    const { worker, first } = work(model);
    await first;
    worker.kill('SIGKILL');
    work(model);
    const counted = await answers;
    for (const [at, one] of requests.entries())
      expect(counted[at], `image ${at}`).toEqual(await alone.count(one));
  }, 120_000);

  it('goes on after the process that asked was interrupted, with what was counted meanwhile', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const asked = await counter();
    const call = asked.count(request(70, 1_000, { signal: stop.signal }));
    setTimeout(() => stop.abort(reason), 50);
    await expect(call).rejects.toBe(reason);
    await asked[Symbol.asyncDispose]();
    const { engine } = await loadEngine('reference');
    await using alone = await inProcessCounting(engine).open([network(0.1)], {
      bounds: [0, 1],
      noise,
    });
    await using again = await counter();
    expect(await again.count(request(70, 1_000))).toEqual(await alone.count(request(70, 1_000)));
  }, 60_000);

  it('never gives a job to a worker with another model, and says that nobody works', async () => {
    const other = writeOnnx(network(0.7));
    let idle = 0;
    const stop = new AbortController();
    await using queued = await counter(other, {
      onIdle: () => {
        idle += 1;
        stop.abort(new Error('nobody'));
      },
    });
    await expect(queued.count(request(0, 100, { signal: stop.signal }))).rejects.toThrow('nobody');
    expect(idle).toBeGreaterThan(0);
    const file = join(folder, 'other.onnx');
    writeFileSync(file, other);
    work(file);
    expect((await queued.count(request(0, 100))).n).toBe(100);
  }, 60_000);

  it('passes on what a worker met, with its code', async () => {
    work(model);
    await using queued = await counter();
    const x = float32Tensor([1, 3], [NaN, 0, 0]);
    await expect(queued.count(request(0, 10, { x }))).rejects.toMatchObject({ code: 'not-finite' });
    // A failure is not remembered: the same draws are tried anew.
    await expect(queued.count(request(0, 10, { x }))).rejects.toMatchObject({ code: 'not-finite' });
  }, 60_000);

  it('refuses addresses with secrets in them, and says so where nobody answers', async () => {
    await expect(counter(bytes, { url: 'redis://:word@localhost/' })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('FLOATPATH_REDIS_PASSWORD') as string,
    });
    await expect(counter(bytes, { url: 'redis://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});
