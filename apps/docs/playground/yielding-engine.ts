import type { Engine } from '@floatpath/core';

/** Lets messages in: a promise that resolves in a later task, not a microtask. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * An engine that goes back to the event loop after every run and stops there if its work is no longer wanted: WebAssembly
 * runs to its end without letting a message in.
 *
 * @param wanted - the signal of the work that is going on now
 */
export function yieldingEngine(engine: Engine, wanted: () => AbortSignal): Engine {
  return {
    name: engine.name,
    batchDependent: engine.batchDependent ?? false,
    async load(network) {
      wanted().throwIfAborted();
      const kernel = await engine.load(network);
      return {
        network: kernel.network,
        async run(feeds) {
          const signal = wanted();
          const fetches = await kernel.run(feeds);
          await nextTask();
          signal.throwIfAborted();
          return fetches;
        },
        [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
      };
    },
  };
}
