import { createRequire } from 'node:module';
import type { Engine } from '@floatpath/core';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';

/** ONNX Runtime as the engine package installs it for its own tests. */
export function ortNode(): Engine {
  const require = createRequire(new URL('../../engine/package.json', import.meta.url));
  return ortEngine(require('onnxruntime-node') as OrtModule, 'onnxruntime-node');
}
