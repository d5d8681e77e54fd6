import type { CountedDraws, Counting, OpenCounter } from '@floatpath/audit';
import { requireArgument } from '@floatpath/core';
import { postableFeeds, postableNetwork, postableTensor } from './counting-messages.js';
import { createCountingThread, type CountingThread } from './counting-thread.js';
import type { EnginePreference } from './load-engine.js';

export interface WorkerCountingOptions {
  /** Number of threads; each holds one single-threaded session per open network. */
  readonly workers: number;
  readonly engine: EnginePreference;
  /** The built `counting-worker` module, where it does not lie beside this one. */
  readonly entry?: URL;
}

/** Lends out threads; who finds none waits for the next one to come back. */
function lender(
  threads: readonly CountingThread[],
): <T>(work: (thread: CountingThread) => Promise<T>) => Promise<T> {
  const idle = [...threads];
  const waiting: ((thread: CountingThread) => void)[] = [];
  return async (work) => {
    const thread =
      idle.pop() ?? (await new Promise<CountingThread>((lend) => void waiting.push(lend)));
    try {
      return await work(thread);
    } finally {
      const next = waiting.shift();
      if (next === undefined) idle.push(thread);
      else next(thread);
    }
  };
}

/**
 * Counts labels under noise in worker threads. Draws are keyed by image and number, so the counts equal those of
 * `inProcessCounting` on the same engine, whatever the number of workers.
 *
 * Errors of a worker arrive as FloatpathError with their code. An aborted request rejects with the signal's reason once
 * its worker has finished the batch at hand; a worker is never terminated while it runs.
 *
 * @throws {FloatpathError} `invalid-argument` unless there is at least one worker; from `open` and `count` also
 * `engine-unavailable`, and `engine-failed` if a worker dies
 */
export function workerCounting({ workers, engine, entry }: WorkerCountingOptions): Counting {
  requireArgument(
    Number.isSafeInteger(workers) && workers >= 1,
    `workerCounting: expected at least one worker, got ${workers}`,
  );
  const module = entry ?? new URL('./counting-worker.js', import.meta.url);
  const threads = Array.from({ length: workers }, () => createCountingThread(module, engine));
  const withThread = lender(threads);
  let lastCounter = 0;

  async function close(counter: number): Promise<void> {
    await Promise.allSettled(threads.map((thread) => thread.run({ kind: 'close', counter })));
  }

  return {
    parallel: workers,
    async open(networks, options): Promise<OpenCounter> {
      lastCounter += 1;
      const counter = lastCounter;
      const task = {
        kind: 'open',
        counter,
        networks: networks.map(postableNetwork),
        options,
      } as const;
      const opened = await Promise.allSettled(threads.map((thread) => thread.run(task)));
      const failed = opened.find((result) => result.status === 'rejected');
      if (failed !== undefined) {
        await close(counter);
        throw failed.reason;
      }
      return {
        async count({ signal, feeds, ...rest }) {
          const request = {
            ...rest,
            x: postableTensor(rest.x),
            ...(feeds === undefined ? {} : { feeds: feeds.map(postableFeeds) }),
          };
          return withThread(async (thread) => {
            const counted = await thread.run({ kind: 'count', counter, request }, signal);
            return counted as CountedDraws;
          });
        },
        [Symbol.asyncDispose]: () => close(counter),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
