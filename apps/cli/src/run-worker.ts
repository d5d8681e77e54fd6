import { FloatpathError } from '@floatpath/core';
import { loadEngine, serveQueue, type EnginePreference } from '@floatpath/node';
import type { Io } from './io.js';
import { readModelFile } from './load-models.js';
import { readVersion } from './version.js';

/** What the person wrote, flag by flag. */
export interface WorkerFlags {
  readonly engine: EnginePreference;
  readonly redis?: string;
  readonly idle?: number;
  readonly json?: true;
  readonly quiet?: true;
}

/** Works until it is told to stop or nothing is left to do, and says how much that was. */
export async function runWorker(
  files: readonly string[],
  { engine: preference, redis, idle, json, quiet }: WorkerFlags,
  io: Io,
): Promise<void> {
  if (redis === undefined) {
    throw new FloatpathError(
      'invalid-argument',
      'worker: expected --redis, got none; give the address of the queue such as --redis redis://localhost:6379',
    );
  }
  const models = await Promise.all(files.map(readModelFile));
  const { engine, notice } = await loadEngine(preference);
  if (notice !== undefined) io.stderr.write(`floatpath: ${notice}\n`);
  const done = await serveQueue({
    url: redis,
    environment: io.env,
    models,
    engine,
    version: readVersion(),
    signal: io.signal,
    ...(idle === undefined ? {} : { idleSeconds: idle }),
    ...(quiet === true ? {} : { onReady: () => void io.stderr.write('floatpath: at work\n') }),
  });
  io.stdout.write(
    json === true
      ? `${JSON.stringify({ jobs: done })}\n`
      : `${done} ${done === 1 ? 'job' : 'jobs'} done\n`,
  );
  io.signal.throwIfAborted();
}
