import { referenceEngine } from '@floatpath/engine';
import { ortEngine, type OrtEngine } from '@floatpath/engine/ort';
import { loadOrt, type OrtPreference } from './load-ort.js';

/** `reference` computes in float64, slowly; ONNX Runtime then only runs the model file itself. */
export type EnginePreference = OrtPreference | 'reference';

export interface LoadedEngine {
  readonly engine: OrtEngine;
  /** What to ask for to get this very engine again, in a worker for instance. */
  readonly preference: EnginePreference;
  /** One sentence where the engine is not the one that was asked for. */
  readonly notice?: string;
}

/** @throws {FloatpathError} `engine-unavailable` */
export async function loadEngine(preference: EnginePreference): Promise<LoadedEngine> {
  const { ort, runtime, name, notice } = await loadOrt(
    preference === 'ort-web' ? 'ort-web' : 'ort',
  );
  const onOrt = ortEngine(ort, name);
  const said = notice === undefined ? {} : { notice };
  if (preference === 'reference') {
    const engine = { ...referenceEngine(), loadOnnx: (bytes: Uint8Array) => onOrt.loadOnnx(bytes) };
    return { engine, preference, ...said };
  }
  return { engine: onOrt, preference: runtime === 'onnxruntime-web' ? 'ort-web' : 'ort', ...said };
}
