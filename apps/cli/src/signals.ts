import { FloatpathError } from '@floatpath/core';

/** The two requests to stop that a program can answer. The cause of the abort reason says which one it was. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

export function interruption(signal: StopSignal): FloatpathError {
  return new FloatpathError('interrupted', `interrupted by ${signal}`, { cause: signal });
}

/**
 * A signal that is aborted by the first Ctrl-C or SIGTERM. The second one meets the system's own handler and ends the
 * process at once; `process.exit` would not do, because it aborts while a worker is inside ONNX Runtime.
 */
export function stopSignal(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => controller.abort(interruption(name)));
  return controller.signal;
}

/** A signal that is also aborted so many seconds after the deadline is set: a run that is cut short. */
export interface Deadline {
  readonly signal: AbortSignal;
  set(seconds: number): void;
  /** Takes the clock away again. */
  clear(): void;
}

export function createDeadline(signal: AbortSignal): Deadline {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    set(seconds) {
      const told = `stopped after ${seconds} s as --timeout asks`;
      const reason = new FloatpathError('interrupted', told, { cause: 'timeout' });
      // Longer than setTimeout can wait is as good as for ever.
      const milliseconds = Math.min(seconds * 1000, 2 ** 31 - 1);
      timer = setTimeout(() => controller.abort(reason), milliseconds);
    },
    clear: () => clearTimeout(timer),
  };
}
