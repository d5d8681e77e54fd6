// What runs in a worker thread: counts labels with an engine of its own, one task after the other.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { inProcessCounting, type OpenCounter } from '@floatpath/audit';
import { FloatpathError, type Engine } from '@floatpath/core';
import {
  packError,
  type Reply,
  type Task,
  type TaskMessage,
  type WorkerStart,
} from './counting-messages.js';
import { loadEngine, type EnginePreference } from './load-engine.js';

/** The engine with a look at `throwIfStopped` before every batch: a thread inside a run cannot be interrupted. */
function stoppable(engine: Engine, throwIfStopped: () => void): Engine {
  return {
    name: engine.name,
    batchDependent: engine.batchDependent ?? false,
    async load(network) {
      const kernel = await engine.load(network);
      return {
        network: kernel.network,
        async run(feeds) {
          throwIfStopped();
          return kernel.run(feeds);
        },
        [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
      };
    },
  };
}

/** Threads that fell back to another runtime would mix two engines in one result. */
async function loadSameEngine(preference: EnginePreference): Promise<Engine> {
  const { engine, notice } = await loadEngine(preference);
  if (notice === undefined) return engine;
  throw new FloatpathError(
    'engine-unavailable',
    `counting worker: expected the runtime of the main thread, but ${notice}; choose it with --engine ort-web, or run without workers`,
  );
}

function serve(port: MessagePort, start: WorkerStart): void {
  const stop = new Int32Array(start.stop);
  let current = 0;
  const throwIfStopped = (): void => {
    if (Atomics.load(stop, 0) === current)
      throw new FloatpathError('interrupted', 'counting worker: stopped between two batches');
  };
  const counting = loadSameEngine(start.engine).then((engine) =>
    inProcessCounting(stoppable(engine, throwIfStopped)),
  );
  // The first task that needs it reports why an engine could not be loaded.
  counting.catch(() => undefined);
  const counters = new Map<number, OpenCounter>();

  async function close(key: number): Promise<void> {
    const counter = counters.get(key);
    counters.delete(key);
    await counter?.[Symbol.asyncDispose]();
  }

  async function perform(task: Task): Promise<unknown> {
    switch (task.kind) {
      case 'open': {
        const { networks, options } = task;
        counters.set(task.counter, await (await counting).open(networks, options));
        return undefined;
      }
      case 'count':
        return counters.get(task.counter)?.count(task.request);
      case 'close':
        return close(task.counter);
      case 'exit':
        for (const key of [...counters.keys()]) await close(key);
        port.close();
        return undefined;
    }
  }

  let last = Promise.resolve();
  port.on('message', ({ id, task }: TaskMessage) => {
    last = last.then(async () => {
      current = id;
      let reply: Reply;
      try {
        reply = { id, value: await perform(task) };
      } catch (error) {
        reply = { id, error: packError(error) };
      }
      port.postMessage(reply);
    });
  });
}

if (parentPort === null) throw new Error('counting-worker: expected to run in a worker thread');
serve(parentPort, workerData as WorkerStart);
