import type { Worker } from 'bullmq';
import { modelSubject, type Subject } from '@floatpath/audit';
import { countDraws, labelCounter, noiseOf } from '@floatpath/smoothing';
import type { LabelCounter, Model } from '@floatpath/core';
import { createLabelCounter } from '@floatpath/engine';
import type { OrtEngine } from '@floatpath/engine/ort';
import { packError } from './counting-messages.js';
import { connectRedis, loadQueue, type RedisOptions } from './load-queue.js';
import {
  fileHash,
  queueName,
  unpackedImage,
  type QueueIdentity,
  type QueueJob,
  type QueueResult,
} from './queue-job.js';

export interface QueueWorkerOptions extends RedisOptions {
  /** Files that jobs may ask for, by their hash. */
  readonly models: readonly Model[];
  readonly engine: OrtEngine;
  readonly version: string;
  /** Seconds after which the jobs of a process that gave no sign are given to another one; 30 unless given. */
  readonly patienceSeconds?: number;
  /** Ends after so many seconds without a job. */
  readonly idleSeconds?: number;
  readonly signal?: AbortSignal;
  readonly onReady?: () => void;
  readonly onJob?: (done: number) => void;
}

/** Counters of one model, opened when first asked for: jobs of one run share everything but image and range. */
function modelCounters(
  model: Model,
  engine: OrtEngine,
): {
  count(job: QueueJob): Promise<QueueResult>;
} & AsyncDisposable {
  const open = new Map<string, Promise<{ counter: LabelCounter; close(): Promise<void> }>>();

  async function opened(job: QueueJob): Promise<{ counter: LabelCounter; close(): Promise<void> }> {
    const { preprocessing, noise, shape } = job;
    const subject: Subject = await modelSubject(model, shape.slice(1), preprocessing, engine);
    const { bounds } = preprocessing;
    const { arithmetic } = noiseOf(noise, bounds);
    const close = async (): Promise<void> => subject[Symbol.asyncDispose]();
    if (subject.network === null)
      return {
        counter: labelCounter([{ name: model.name, classifier: subject.classifier }]),
        close,
      };
    const counter = await createLabelCounter(engine, subject.network, { bounds, arithmetic });
    return {
      counter,
      async close() {
        await counter[Symbol.asyncDispose]();
        await close();
      },
    };
  }

  return {
    async count(job) {
      const { preprocessing, noise, shape, seed, purpose, image, from, n, batchSize } = job;
      const key = JSON.stringify([preprocessing, noise, shape]);
      const known = open.get(key) ?? opened(job);
      open.set(key, known);
      const { counter } = await known.catch((error: unknown) => {
        open.delete(key);
        throw error;
      });
      const draws = await countDraws(counter, unpackedImage(job), {
        noise: noiseOf(noise, preprocessing.bounds),
        ...{ seed, purpose, image, from, n, batchSize },
      });
      const { counts, rejected } = draws;
      return { counts: Array.from(counts[0] as Uint32Array), n: draws.n, rejected };
    },
    async [Symbol.asyncDispose]() {
      for (const one of await Promise.allSettled(open.values()))
        if (one.status === 'fulfilled') await one.value.close();
    },
  };
}

/**
 * Takes counting jobs for the given models from a Redis queue until it is told to stop or has been idle long enough. Jobs name a model by
 * the hash of its file; a job of any other model, engine or version is in another queue, which is not looked at.
 *
 * Stopped by its signal, it finishes the job at hand; killed, it loses the job to another worker after `patienceSeconds`.
 *
 * @returns the number of jobs done
 * @throws {FloatpathError} `engine-unavailable` without the packages or where Redis does not answer
 */
export async function serveQueue(options: QueueWorkerOptions): Promise<number> {
  const { models, engine, version, patienceSeconds = 30, idleSeconds, signal } = options;
  const { onReady, onJob } = options;
  const modules = await loadQueue();
  const connection = await connectRedis(modules, options);
  let done = 0;
  let busy = 0;
  let last = Date.now();
  const workers: Worker<QueueJob, QueueResult>[] = [];
  const counters = models.map((model) => modelCounters(model, engine));
  for (const [at, model] of models.entries()) {
    const identity: QueueIdentity = { file: fileHash(model.bytes), engine: engine.name, version };
    const worker = new modules.bullmq.Worker<QueueJob, QueueResult>(
      queueName(identity),
      async ({ data }) => {
        busy += 1;
        try {
          const result = await (counters[at] as (typeof counters)[number]).count(data);
          done += 1;
          onJob?.(done);
          return result;
        } catch (error) {
          throw new Error(JSON.stringify(packError(error)), { cause: error });
        } finally {
          busy -= 1;
          last = Date.now();
        }
      },
      {
        connection,
        lockDuration: patienceSeconds * 1000,
        stalledInterval: patienceSeconds * 1000,
        // Any number of workers may die on the way: the draws stay the same.
        maxStalledCount: 1000,
      },
    );
    worker.on('error', () => undefined);
    workers.push(worker);
  }
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  onReady?.();
  last = Date.now();
  await new Promise<void>((resolve) => {
    const clock = setInterval(() => {
      const idle = busy === 0 && Date.now() - last >= (idleSeconds ?? Infinity) * 1000;
      if (!idle && signal?.aborted !== true) return;
      clearInterval(clock);
      resolve();
    }, 50);
  });
  await Promise.all(workers.map((worker) => worker.close()));
  for (const counter of counters) await counter[Symbol.asyncDispose]();
  connection.disconnect();
  return done;
}
