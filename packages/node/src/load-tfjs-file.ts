// A TensorFlow.js model in TensorFlow.js: the artefact itself, beside our reading of it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { float32Tensor, FloatpathError, type Fetches, type Model } from '@floatpath/core';
import type { OnnxFile } from '@floatpath/engine/ort';
import { tfjsFiles, tfjsShards } from '@floatpath/model-io';

interface TfTensor {
  readonly shape: readonly number[];
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

interface TfCore {
  getBackend(): string | undefined;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  /** Silences the advice to install the native backend instead. */
  enableProdMode(): void;
  tensor(values: Float32Array, shape: readonly number[]): TfTensor;
}

interface TfModel {
  readonly inputs: readonly { readonly name: string }[];
  readonly outputs: readonly { readonly name: string }[];
  predict(x: TfTensor): TfTensor | TfTensor[];
  executeAsync?(x: TfTensor): Promise<TfTensor | TfTensor[]>;
  dispose(): void;
}

interface LayersPackage {
  loadLayersModel(handler: object): Promise<TfModel>;
}

interface ConverterPackage {
  loadGraphModel(handler: object): Promise<TfModel>;
}

interface TfjsPackages {
  readonly core: TfCore;
  readonly load: (handler: object) => Promise<TfModel>;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';

/** The packages as they are installed for the file at `path`; `undefined` if one of them is not. */
function packagesFrom(path: string, format: Model['format']): TfjsPackages | undefined {
  const require = createRequire(path);
  try {
    // The packages share one core: all of them come from one place.
    const core = require('@tensorflow/tfjs-core') as TfCore;
    core.enableProdMode();
    const graph = format === 'tfjs-graph';
    const load = graph
      ? (require('@tensorflow/tfjs-converter') as ConverterPackage).loadGraphModel
      : (require('@tensorflow/tfjs-layers') as LayersPackage).loadLayersModel;
    if (core.getBackend() === undefined || core.getBackend() === '')
      require('@tensorflow/tfjs-backend-cpu');
    return { core, load };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** What TensorFlow.js wants of a model that is no URL. */
function handlerOf(bytes: Uint8Array): object {
  const { modelJson, files } = tfjsFiles(bytes);
  const json = JSON.parse(new TextDecoder().decode(modelJson)) as Record<string, unknown> & {
    weightsManifest: readonly { readonly weights: readonly unknown[] }[];
  };
  const parts = tfjsShards(modelJson).map((path) => files.get(path) ?? new Uint8Array());
  const weights = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    weights.set(part, at);
    at += part.length;
  }
  const { modelTopology, format, signature, userDefinedMetadata } = json;
  return {
    load: async () => ({
      modelTopology:
        typeof modelTopology === 'string' ? (JSON.parse(modelTopology) as unknown) : modelTopology,
      format,
      signature,
      userDefinedMetadata,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: weights.buffer,
    }),
  };
}

/** Graphs with control flow answer only asynchronously, and say so; the others would warn that they need not. */
async function answerOf(model: TfModel, x: TfTensor): Promise<TfTensor | TfTensor[]> {
  try {
    return model.predict(x);
  } catch (error) {
    const later = error instanceof Error && error.message.includes('executeAsync');
    if (!later || model.executeAsync === undefined) throw error;
    return model.executeAsync(x);
  }
}

const failed = (doing: string, cause: unknown): FloatpathError =>
  new FloatpathError(
    'engine-failed',
    `TensorFlow.js: ${doing}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

/**
 * A TensorFlow.js model on its own bytes, in TensorFlow.js; `undefined` for other formats and where its packages (core, and layers
 * or converter) are not installed.
 *
 * @param places - files beside which packages are looked for: our own, and those of the project that we are called in
 * @throws {FloatpathError} `engine-failed` with the reason of TensorFlow.js
 */
export async function loadTfjsFile(
  { format, bytes }: Pick<Model, 'format' | 'bytes'>,
  places: readonly string[] = [import.meta.url, join(process.cwd(), 'package.json')],
): Promise<OnnxFile | undefined> {
  if (format !== 'tfjs-layers' && format !== 'tfjs-graph') return undefined;
  const found = places.map((path) => packagesFrom(path, format)).find((one) => one !== undefined);
  if (found === undefined) return undefined;
  const { core, load } = found;
  let model: TfModel;
  try {
    if (core.getBackend() === undefined || core.getBackend() === '') await core.setBackend('cpu');
    await core.ready();
    model = await load(handlerOf(bytes));
  } catch (error) {
    throw failed('cannot load the model file', error);
  }
  const outputNames = model.outputs.map(({ name }) => name);
  return {
    inputNames: model.inputs.map(({ name }) => name),
    outputNames,
    async run(feeds) {
      const [fed] = Object.values(feeds);
      if (fed?.dtype !== 'float32') throw failed('run failed', 'expected one float32 input');
      const x = core.tensor(fed.data, fed.shape);
      try {
        const made = await answerOf(model, x);
        const tensors = Array.isArray(made) ? made : [made];
        const fetches: Record<string, Fetches[string]> = {};
        for (const [i, tensor] of tensors.entries()) {
          const values = Float32Array.from(await tensor.data());
          fetches[outputNames[i] ?? `${i}`] = float32Tensor([...tensor.shape], values);
          tensor.dispose();
        }
        return fetches;
      } catch (error) {
        throw failed('run failed', error);
      } finally {
        x.dispose();
      }
    },
    async [Symbol.asyncDispose]() {
      model.dispose();
    },
  };
}
