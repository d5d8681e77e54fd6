import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { Engine } from '@floatpath/core';
import { tfjsEngine } from '../../src/tfjs.js';

/** TensorFlow.js computes on the backend that is active, so it is chosen anew before every load and run. */
export async function onTfjs(backend: 'cpu' | 'wasm'): Promise<Engine> {
  const require = createRequire(import.meta.url);
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  setWasmPaths(join(wasm, 'dist', '/'));
  if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);
  return tfjsEngine(tf, `tfjs ${backend} ${tf.version_core}`);
}
