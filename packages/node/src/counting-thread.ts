import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FloatpathError } from '@floatpath/core';
import { unpackError, type Reply, type Task, type WorkerStart } from './counting-messages.js';
import type { EnginePreference } from './load-engine.js';
import { withoutTelemetry } from './without-telemetry.js';

/** One worker thread as the main thread sees it. */
export interface CountingThread {
  /**
   * Tasks are done in order. When `signal` is aborted the task stops at its next batch and the call rejects with the
   * signal's reason.
   */
  run(task: Task, signal?: AbortSignal): Promise<unknown>;
  /** Lets the tasks at hand finish, then the thread end: a thread inside a run must not be terminated. */
  close(): Promise<void>;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export function createCountingThread(entry: URL, engine: EnginePreference): CountingThread {
  const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const workerData: WorkerStart = { engine, stop };
  // A thread's environment is a copy: what native code reads is that of this one.
  withoutTelemetry();
  const worker = new Worker(entry, { workerData });
  const ended = once(worker, 'exit').catch(() => undefined);
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let death: FloatpathError | undefined;

  function die(reason: string, cause?: unknown): void {
    death ??= new FloatpathError(
      'engine-failed',
      `counting worker: expected it to answer, got ${reason}; run again with fewer workers`,
      { cause },
    );
    for (const { reject } of pending.values()) reject(death);
    pending.clear();
  }

  worker.on('error', (error) => die(`"${error.message}"`, error));
  worker.on('exit', (code) => die(`its end with exit code ${code}`));
  worker.on('message', (reply: Reply) => {
    const task = pending.get(reply.id);
    pending.delete(reply.id);
    if ('error' in reply) task?.reject(unpackError(reply.error));
    else task?.resolve(reply.value);
  });

  function post(task: Task): { id: number; answer: Promise<unknown> } {
    lastId += 1;
    const id = lastId;
    const answer = new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject }));
    worker.postMessage({ id, task });
    return { id, answer };
  }

  return {
    async run(task, signal) {
      if (death !== undefined) throw death;
      signal?.throwIfAborted();
      const { id, answer } = post(task);
      const requestStop = (): void => void Atomics.store(new Int32Array(stop), 0, id);
      signal?.addEventListener('abort', requestStop, { once: true });
      try {
        return await answer;
      } catch (error) {
        const stopped = error instanceof FloatpathError && error.code === 'interrupted';
        throw stopped && signal?.aborted === true ? signal.reason : error;
      } finally {
        signal?.removeEventListener('abort', requestStop);
      }
    },
    async close() {
      if (death === undefined) {
        // The thread may end before its answer arrives; that it ends is what counts.
        post({ kind: 'exit' }).answer.catch(() => undefined);
      }
      await ended;
    },
  };
}
