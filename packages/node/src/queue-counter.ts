import type { Job } from 'bullmq';
import type { CountRequest, CountedDraws, OpenCounter } from '@floatpath/audit';
import { FloatpathError, type Preprocessing } from '@floatpath/core';
import type { NoiseSpec } from '@floatpath/smoothing';
import { unpackError, type PackedError } from './counting-messages.js';
import { connectRedis, loadQueue, type RedisOptions } from './load-queue.js';
import {
  jobId,
  packedImage,
  queueName,
  type QueueIdentity,
  type QueueJob,
  type QueueResult,
} from './queue-job.js';

export interface QueueCounterOptions extends RedisOptions {
  readonly identity: QueueIdentity;
  readonly preprocessing: Preprocessing;
  readonly noise: NoiseSpec;
  /** Draws per job: what a worker that is killed has to count again at most. 5,000 unless given. */
  readonly drawsPerJob?: number;
  /** Called while jobs wait and nobody works on them, every few seconds. */
  readonly onIdle?: () => void;
}

/** Events may be lost with a connection; then a look finds the result. */
const LOOK_MILLISECONDS = 2000;
const WEEK_SECONDS = 7 * 24 * 3600;

interface Waiting {
  resolve(result: QueueResult): void;
  reject(error: unknown): void;
}

/** What a worker's error says, which arrives as text. */
function failureOf(reason: string): FloatpathError {
  try {
    return unpackError(JSON.parse(reason) as PackedError);
  } catch {
    return new FloatpathError(
      'engine-failed',
      `queue: expected a worker to count, got "${reason}"; finished rows are kept`,
    );
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/**
 * Counts in processes elsewhere that take jobs from a Redis queue. A job is a range of draws of one image and carries the hash of the
 * model, never the model: workers open local files of that hash. Ranges are added up, so the counts are those of one process.
 *
 * A job whose worker dies is given to another one. Jobs that are the same have the same id: whatever was counted for a run that was
 * interrupted is found again by the one that resumes it.
 *
 * @throws {FloatpathError} `engine-unavailable` without the packages or where Redis does not answer; from `count` whatever a worker met
 */
export async function queueCounter(options: QueueCounterOptions): Promise<OpenCounter> {
  const { identity, preprocessing, noise, drawsPerJob = 5000, onIdle } = options;
  const modules = await loadQueue();
  const connection = await connectRedis(modules, options);
  const { Queue, QueueEvents } = modules.bullmq;
  const queue = new Queue<QueueJob, QueueResult>(queueName(identity), { connection });
  const events = new QueueEvents(queueName(identity), { connection: connection.duplicate() });
  queue.on('error', () => undefined);
  events.on('error', () => undefined);
  const waiting = new Map<string, Waiting>();

  async function look(id: string): Promise<void> {
    const waiter = waiting.get(id);
    if (waiter === undefined) return;
    const state = await queue.getJobState(id);
    if (state !== 'completed' && state !== 'failed') return;
    // Read after its state is known: before, it may hold no result yet.
    const job: Job<QueueJob, QueueResult> | undefined = await queue.getJob(id);
    if (job === undefined) return;
    if (!waiting.delete(id)) return;
    if (state === 'completed') waiter.resolve(job.returnvalue);
    else waiter.reject(failureOf(job.failedReason ?? 'no reason'));
    // Failed draws are to be tried anew by the run that resumes.
    await job.remove();
  }
  const lookAt = (id: string): void => void look(id).catch(() => undefined);
  events.on('completed', ({ jobId: id }) => lookAt(id));
  events.on('failed', ({ jobId: id }) => lookAt(id));
  await events.waitUntilReady();
  const clock = setInterval(() => {
    for (const id of waiting.keys()) lookAt(id);
    if (waiting.size === 0 || onIdle === undefined) return;
    queue.getWorkersCount().then(
      (workers) => {
        if (workers === 0) onIdle();
      },
      () => undefined,
    );
  }, LOOK_MILLISECONDS);

  const countRange = (data: QueueJob): Promise<QueueResult> =>
    new Promise((resolve, reject) => {
      const id = jobId(data);
      waiting.set(id, { resolve, reject });
      const keep = { removeOnComplete: { age: WEEK_SECONDS } };
      queue.add('count', data, { jobId: id, ...keep }).then(() => lookAt(id), reject);
    });

  return {
    async count(request: CountRequest): Promise<CountedDraws> {
      const { x, image, seed, purpose, from = 0, n, batchSize, signal } = request;
      signal?.throwIfAborted();
      const common = { preprocessing, noise, seed, purpose, image, batchSize, ...packedImage(x) };
      const ranges = Array.from({ length: Math.ceil(n / drawsPerJob) }, (_, i) => ({
        ...common,
        from: from + i * drawsPerJob,
        n: Math.min(drawsPerJob, n - i * drawsPerJob),
      }));
      const results = await untilAborted(Promise.all(ranges.map(countRange)), signal).finally(
        () => {
          for (const range of ranges) waiting.delete(jobId(range));
        },
      );
      const sum = new Uint32Array(results[0]?.counts.length ?? 0);
      for (const { counts } of results)
        counts.forEach((count, label) => (sum[label] = (sum[label] ?? 0) + count));
      return {
        counts: [[sum]],
        n,
        rejected: results.reduce((total, { rejected }) => total + rejected, 0),
      };
    },
    async [Symbol.asyncDispose]() {
      clearInterval(clock);
      await events.close();
      await queue.close();
      connection.disconnect();
    },
  };
}
