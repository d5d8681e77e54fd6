import { createRequire } from 'node:module';
import type { Engine } from '@floatpath/core';
import { tfjsEngine } from '@floatpath/engine/tfjs';

/** TensorFlow.js on its plain backend, as the engine package installs it for its own tests. */
export async function tfjsCpu(): Promise<Engine> {
  const require = createRequire(new URL('../../engine/package.json', import.meta.url));
  const tf = require('@tensorflow/tfjs-core') as Parameters<typeof tfjsEngine>[0] & {
    setBackend(name: string): Promise<boolean>;
  };
  require('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  return tfjsEngine(tf);
}
