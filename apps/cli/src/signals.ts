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
