import type { Answer, Part, Request } from './protocol.js';

type Unnumbered<R> = R extends Request ? Omit<R, 'run'> : never;

/** The worker as the page sees it: a new request ends the one before, whose parts then no longer arrive. */
export interface Client {
  ask(request: Unnumbered<Request>, onPart: (part: Part) => void): void;
  close(): void;
}

export function createClient(): Client {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  let run = 0;
  let receive: (part: Part) => void = () => undefined;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if (data.run === run) receive(data);
  };
  worker.onerror = (event) => {
    receive({ part: 'failed', message: `the worker stopped: ${event.message}; reload the page` });
  };
  return {
    ask(request, onPart) {
      run += 1;
      receive = onPart;
      worker.postMessage({ ...request, run });
    },
    close() {
      worker.terminate();
    },
  };
}
