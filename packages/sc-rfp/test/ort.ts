import { createRequire } from 'node:module';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';

/** ONNX Runtime, which is a dependency of the engine's own tests. */
export function ortForTests(): ReturnType<typeof ortEngine> {
  const require = createRequire(new URL('../../engine/package.json', import.meta.url));
  return ortEngine(require('onnxruntime-node') as OrtModule);
}
