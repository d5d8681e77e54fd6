import {
  inProcessCounting,
  type Counting,
  type CountingOptions,
  type CountRequest,
} from '@floatpath/audit';
import { float32Tensor, FloatpathError, type Float32Tensor, type Network } from '@floatpath/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEngine, workerCounting, type EnginePreference } from '../src/index.js';
import { bundledModule } from './counting-worker-module.js';

const SIZE = 6;
const CLASSES = 3;

/** Numbers without pattern, spread over [-1, 1]. */
const weights = (shape: readonly number[], salt: number): Float32Tensor =>
  float32Tensor(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(7 * i + salt)),
  );

function classifierNetwork(salt: number, masked = false): Network {
  const hidden = masked ? 'masked' : 'h';
  const mask = { name: 'mask', op: 'Mul', inputs: ['h', 'm'], outputs: ['masked'], attributes: {} };
  const gemm = { alpha: 1, beta: 1, transA: 0, transB: 0 };
  return {
    name: `classifier ${salt}`,
    inputs: [
      { name: 'x', dtype: 'float32', shape: ['batch', SIZE] },
      ...(masked ? [{ name: 'm', dtype: 'float32' as const, shape: [1, 8] }] : []),
    ],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', CLASSES] }],
    nodes: [
      { name: 'a', op: 'Gemm', inputs: ['x', 'W1', 'b1'], outputs: ['z'], attributes: gemm },
      { name: 'r', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
      ...(masked ? [mask] : []),
      { name: 'c', op: 'Gemm', inputs: [hidden, 'W2', 'b2'], outputs: ['y'], attributes: gemm },
    ],
    constants: new Map([
      ['W1', weights([SIZE, 8], salt)],
      ['b1', weights([8], salt + 1)],
      ['W2', weights([8, CLASSES], salt + 2)],
      ['b2', weights([CLASSES], salt + 3)],
    ]),
  };
}

/** With a first layer narrower than the input. */
function narrowNetwork(): Network {
  const network = classifierNetwork(3);
  const constants = new Map(network.constants)
    .set('W1', weights([SIZE, 4], 3))
    .set('b1', float32Tensor([4]))
    .set('W2', float32Tensor([4, CLASSES], [1, -1, 0, 0, 1, -1, -1, 0, 1, -2, 1, 1]))
    .set('b2', float32Tensor([CLASSES]));
  return { ...network, constants };
}

const opening = { bounds: [0, 1], noise: { kind: 'integer-gaussian', sigma: 0.5 } } as const;

/** A view into a larger buffer, as rows of a data set are. */
const images = weights([4, SIZE], 11).data.map((v) => Math.round(255 * Math.abs(v)) / 255);
const request = (image: number, more: Partial<CountRequest> = {}): CountRequest => ({
  x: float32Tensor([1, SIZE], images.subarray(image * SIZE, (image + 1) * SIZE)),
  image,
  seed: 5,
  purpose: 'estimation',
  n: 500,
  batchSize: 64,
  ...more,
});

const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );

describe('workerCounting', () => {
  let worker: Awaited<ReturnType<typeof bundledModule>>;
  beforeAll(async () => {
    worker = await bundledModule('src/counting-worker.ts');
  });
  afterAll(() => worker.remove());

  const pool = (workers: number, engine: EnginePreference = 'ort'): Counting =>
    workerCounting({ workers, engine, entry: worker.entry });

  async function countAll(counting: Counting, batchSize: number): Promise<unknown> {
    const networks = [classifierNetwork(1), classifierNetwork(2, true)];
    const feeds = [{}, { m: float32Tensor([1, 8], [1, 0, 1, 1, 0, 1, 0, 1]) }];
    await using counter = await counting.open(networks, opening);
    return await Promise.all(
      [0, 1, 2, 3].map((i) => counter.count(request(i, { batchSize, feeds }))),
    );
  }

  it('counts what this thread counts, with 1 and 2 workers and any batch size', async () => {
    const { engine } = await loadEngine('ort');
    const here = await countAll(inProcessCounting(engine), 64);
    for (const batchSize of [1, 7, 250, 1000])
      expect(await countAll(inProcessCounting(engine), batchSize)).toEqual(here);
    expect(
      new Set((here as { counts: Uint32Array[][] }[]).flatMap((r) => r.counts.map(String))).size,
    ).toBeGreaterThan(4);
    await using one = pool(1);
    await using two = pool(2);
    expect(one.parallel).toBe(1);
    expect(two.parallel).toBe(2);
    for (const batchSize of [1, 7, 64, 250, 1000]) {
      expect(await countAll(one, batchSize)).toEqual(here);
      expect(await countAll(two, batchSize)).toEqual(here);
    }
    // Control: other draws are seen as other counts.
    await using counter = await two.open([classifierNetwork(1)], opening);
    const other = await counter.count(request(0, { seed: 6 }));
    expect(other.counts[0]).not.toEqual((here as { counts: unknown[] }[])[0]?.counts[0]);
  });

  it.each(['float32', 'fixed-point'] as const)(
    'counts on shared draws what it counts on draws made anew, with a first layer in %s',
    async (firstLayer) => {
      const narrow = narrowNetwork();
      const { engine } = await loadEngine('ort');
      const countShared = async (
        counting: Counting,
        options: CountingOptions,
        batchSize: number,
      ) => {
        await using counter = await counting.open([narrow], options);
        const counts: unknown[] = [];
        for (const i of [0, 1, 2, 0]) {
          counts.push(await counter.count({ ...request(i, { batchSize }), image: 0 }));
        }
        return counts;
      };
      const here = inProcessCounting(engine);
      const anew = await countShared(here, { ...opening, firstLayer }, 64);
      expect(anew[3]).toEqual(anew[0]);
      expect(new Set(anew.map((each) => JSON.stringify(each))).size).toBe(3);
      await using two = pool(2);
      const shared = { ...opening, firstLayer, sharing: 'shared' } as const;
      for (const batchSize of [1, 7, 64, 250, 1000]) {
        expect(await countShared(here, shared, batchSize)).toEqual(anew);
        expect(await countShared(two, shared, batchSize)).toEqual(anew);
      }
    },
  );

  it.each(['ort-web', 'tfjs', 'reference'] as const)('runs on %s', async (preference) => {
    const { engine } = await loadEngine(preference);
    await using workers = pool(1, preference);
    expect(await countAll(workers, 100)).toEqual(await countAll(inProcessCounting(engine), 100));
  });

  it.each(['ort', 'reference'] as const)(
    'stops at the next batch when the request is aborted, and goes on with others (%s)',
    async (engine) => {
      await using workers = pool(1, engine);
      await using counter = await workers.open([classifierNetwork(1)], opening);
      const abort = new AbortController();
      const reason = new Error('enough');
      const endless = counter.count(request(0, { n: 1e9, batchSize: 16, signal: abort.signal }));
      const started = performance.now();
      setTimeout(() => abort.abort(reason), 200);
      expect(await rejection(endless)).toBe(reason);
      // A batch of 16 small rows takes well under a millisecond; 1e9 draws would take hours.
      expect(performance.now() - started).toBeLessThan(10_000);
      expect((await counter.count(request(0))).n).toBe(500);
    },
  );

  it('does not start a request that is already aborted', async () => {
    await using workers = pool(1);
    await using counter = await workers.open([classifierNetwork(1)], opening);
    const reason = new Error('before');
    const signal = AbortSignal.abort(reason);
    expect(await rejection(counter.count(request(0, { signal })))).toBe(reason);
  });

  it('carries errors over with their code', async () => {
    await using workers = pool(2);
    const broken = classifierNetwork(1);
    const constants = new Map(broken.constants).set('b2', float32Tensor([3], [NaN, 0, 0]));
    await using counter = await workers.open([{ ...broken, constants }], opening);
    const failure = await rejection(counter.count(request(0)));
    expect(failure).toBeInstanceOf(FloatpathError);
    expect(failure).toMatchObject({ code: 'not-finite' });
    expect((failure as Error).message).toMatch(/^countLabels: expected numbers as logits, got NaN/);
    const oneRow = {
      ...broken,
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, SIZE] }],
    } as const;
    expect(await rejection(workers.open([oneRow], opening))).toMatchObject({
      code: 'invalid-network',
    });
  });

  it('never counts on another runtime than the main thread asked for', async () => {
    const fallen = await bundledModule('src/counting-worker.ts', 'onnxruntime-node-is-not-here');
    try {
      await using workers = workerCounting({ workers: 1, engine: 'ort', entry: fallen.entry });
      expect(await rejection(workers.open([classifierNetwork(1)], opening))).toMatchObject({
        code: 'engine-unavailable',
        message: expect.stringMatching(
          /expected the runtime of the main thread, but onnxruntime-node/,
        ),
      });
    } finally {
      fallen.remove();
    }
  });

  it('says so when a worker dies, at once and to everybody', async () => {
    const entry = new URL('./dying-worker.mjs', import.meta.url);
    await using workers = workerCounting({ workers: 1, engine: 'ort', entry });
    await using counter = await workers.open([classifierNetwork(1)], opening);
    const counts = [counter.count(request(0)), counter.count(request(1))];
    for (const failure of await Promise.all(counts.map(rejection)))
      expect(failure).toMatchObject({
        code: 'engine-failed',
        message: expect.stringContaining('exit code 7'),
      });
    expect(await rejection(counter.count(request(2)))).toMatchObject({ code: 'engine-failed' });
  });

  it('wants at least one worker', () => {
    expect(() => workerCounting({ workers: 0, engine: 'ort' })).toThrow(
      /at least one worker, got 0/,
    );
  });
});
