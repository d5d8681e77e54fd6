import type { Engine } from '@floatpath/core';
import { tfjsEngine } from '@floatpath/engine/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

/** TensorFlow.js on its plain backend. */
export async function tfjsCpu(): Promise<Engine> {
  await tf.setBackend('cpu');
  return tfjsEngine(tf);
}
