import type { Engine } from '@floatpath/core';
import { loadEngine } from '../src/index.js';

/** TensorFlow.js with its native addon where it was built (`npm run tfjs-node`); else one sentence that says why not. */
export async function nativeTfjs(): Promise<Engine | string> {
  process.env['FLOATPATH_TFJS_NODE'] ??= new URL(
    '../../../.tools/tfjs-node',
    import.meta.url,
  ).pathname;
  try {
    return (await loadEngine('tfjs-node')).engine;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
