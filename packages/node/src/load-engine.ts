import type { Engine, Model } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { ortEngine, type OnnxFile, type OrtEngine } from '@floatpath/engine/ort';
import { tfjsEngine } from '@floatpath/engine/tfjs';
import { loadOrt, type OrtPreference } from './load-ort.js';
import { loadTfjs, type TfjsPreference } from './load-tfjs.js';
import { loadTfjsFile } from './load-tfjs-file.js';

/** `reference` computes in float64, slowly. It and TensorFlow.js leave the model file itself to ONNX Runtime. */
export type EnginePreference = OrtPreference | TfjsPreference | 'reference';

export interface LoadedEngine {
  /** Runs model files too: ONNX in ONNX Runtime, TensorFlow.js' in TensorFlow.js where it is installed. */
  readonly engine: OrtEngine & {
    readonly loadOther: (model: Model) => Promise<OnnxFile | undefined>;
  };
  /** What to ask for to get this very engine again, in a worker for instance. */
  readonly preference: EnginePreference;
  /** One sentence where the engine is not the one that was asked for. */
  readonly notice?: string;
}

const loadOther = (model: Model): Promise<OnnxFile | undefined> => loadTfjsFile(model);

async function otherEngine(preference: Exclude<EnginePreference, OrtPreference>): Promise<Engine> {
  if (preference === 'reference') return referenceEngine();
  const { tf, name } = await loadTfjs(preference);
  return tfjsEngine(tf, name);
}

/** @throws {FloatpathError} `engine-unavailable` */
export async function loadEngine(preference: EnginePreference): Promise<LoadedEngine> {
  const isOrt = preference === 'ort' || preference === 'ort-web';
  const other = isOrt ? undefined : { engine: await otherEngine(preference), preference };
  const { ort, runtime, name, notice } = await loadOrt(
    preference === 'ort-web' ? 'ort-web' : 'ort',
  );
  const onOrt = ortEngine(ort, name);
  const said = notice === undefined ? {} : { notice };
  if (other !== undefined) {
    const loadOnnx = (bytes: Uint8Array): ReturnType<OrtEngine['loadOnnx']> =>
      onOrt.loadOnnx(bytes);
    return {
      engine: { ...other.engine, loadOnnx, loadOther },
      preference: other.preference,
      ...said,
    };
  }
  const engine = { ...onOrt, loadOther };
  return { engine, preference: runtime === 'onnxruntime-web' ? 'ort-web' : 'ort', ...said };
}
