import { FloatpathError } from '@floatpath/core';
import type { OrtModule } from '@floatpath/engine/ort';
import { withoutTelemetry } from './without-telemetry.js';

/** `ort`: the native runtime, or the WebAssembly one where it is missing. `ort-web`: the WebAssembly one. */
export type OrtPreference = 'ort' | 'ort-web';

export interface LoadedOrt {
  readonly ort: OrtModule;
  readonly runtime: 'onnxruntime-node' | 'onnxruntime-web';
  /** With its version, for reports: `onnxruntime-node 1.30.0`. */
  readonly name: string;
  /** One sentence where the runtime is not the one that was asked for. */
  readonly notice?: string;
}

interface RuntimeModule extends OrtModule {
  readonly env: {
    readonly versions: { readonly node?: string; readonly web?: string; readonly common: string };
    readonly wasm: { numThreads?: number };
  };
}

/** Both runtimes' modules, imported only when they are needed. Tests hand over broken ones. */
export interface RuntimeImports {
  readonly node: () => Promise<unknown>;
  readonly web: () => Promise<unknown>;
}

const imports: RuntimeImports = {
  node: () => import('onnxruntime-node'),
  web: () => import('onnxruntime-web'),
};

/** The runtimes are CommonJS or ES modules, depending on the platform. */
function moduleOf(imported: unknown): RuntimeModule {
  const { default: inner } = imported as { default?: RuntimeModule };
  return inner?.InferenceSession === undefined ? (imported as RuntimeModule) : inner;
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;

async function loadWeb(load: RuntimeImports['web']): Promise<LoadedOrt> {
  const ort = moduleOf(await load());
  // Parallelism is by workers, each with one session on one thread.
  ort.env.wasm.numThreads = 1;
  const version = ort.env.versions.web ?? ort.env.versions.common;
  return { ort, runtime: 'onnxruntime-web', name: `onnxruntime-web ${version}` };
}

/**
 * Imports ONNX Runtime: the native module, or the WebAssembly one where the native one cannot be loaded (its installer
 * fails on some machines, and it has no build for some platforms). The native one is told to send nothing to its maker.
 *
 * @throws {FloatpathError} `engine-unavailable` if neither loads, with the cure
 */
export async function loadOrt(
  preference: OrtPreference,
  { node, web }: RuntimeImports = imports,
): Promise<LoadedOrt> {
  let nativeFailure: unknown;
  if (preference === 'ort') {
    withoutTelemetry();
    try {
      const ort = moduleOf(await node());
      const version = ort.env.versions.node ?? ort.env.versions.common;
      return { ort, runtime: 'onnxruntime-node', name: `onnxruntime-node ${version}` };
    } catch (error) {
      nativeFailure = error;
    }
  }
  try {
    const loaded = await loadWeb(web);
    return nativeFailure === undefined
      ? loaded
      : {
          ...loaded,
          notice: `onnxruntime-node could not be loaded (${reasonOf(nativeFailure)}); using ${loaded.name}, which is slower`,
        };
  } catch (error) {
    const tried = preference === 'ort' ? 'onnxruntime-node or onnxruntime-web' : 'onnxruntime-web';
    throw new FloatpathError(
      'engine-unavailable',
      `loadOrt: expected ${tried} to be installed, got "${reasonOf(nativeFailure ?? error)}"; run ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node, or npm install onnxruntime-web`,
      { cause: error },
    );
  }
}
