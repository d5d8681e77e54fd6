import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { FloatpathError } from '@floatpath/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { TfjsModule } from '@floatpath/engine/tfjs';

/** `tfjs`: the WebAssembly backend, else plain JavaScript. `tfjs-node`: the native one. */
export type TfjsPreference = 'tfjs' | 'tfjs-node';

export interface LoadedTfjs {
  readonly tf: TfjsModule;
  /** With version and backend, for reports: `tfjs-core 4.22.0 wasm`. */
  readonly name: string;
}

/** One place to load packages from. Tests hand over stand-ins. */
export interface PackageSource {
  /** @throws what `require` throws */
  load(name: string): unknown;
  /** Folder of an installed package, with its manifest. */
  folderOf(name: string): string;
}

function sourceAt(path: string): PackageSource {
  const require = createRequire(path);
  return {
    load: (name) => require(name) as unknown,
    folderOf: (name) => dirname(require.resolve(`${name}/package.json`)),
  };
}

/** Our own dependencies, those of the project we are called in, and what `FLOATPATH_TFJS_NODE` names. */
function installedSources(): readonly PackageSource[] {
  const named = process.env['FLOATPATH_TFJS_NODE'];
  return [
    sourceAt(import.meta.url),
    sourceAt(join(process.cwd(), 'package.json')),
    ...(named ? [sourceAt(join(named, 'package.json'))] : []),
  ];
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';

/** The first of several attempts that gives something; the reason of the last failure that is not just absence. */
async function firstOf<T>(
  sources: readonly PackageSource[],
  attempt: (source: PackageSource) => Promise<T>,
): Promise<{ readonly found: T } | { readonly failure: unknown }> {
  let failure: unknown;
  for (const source of sources) {
    try {
      return { found: await attempt(source) };
    } catch (error) {
      if (failure === undefined || !isMissing(error)) failure = error;
    }
  }
  return { failure };
}

/** Settings that the native library reads when it starts; what the caller has set stays. */
function prepareNative(): void {
  // One thread: parallelism is by workers, and sums do not depend on how many cores there are.
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  // The same sums on every processor.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '0';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  // Node 23 removed a function that tfjs-node 4.22.0 calls.
  const known = util as unknown as Record<string, unknown>;
  known['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
}

async function loadNative(source: PackageSource): Promise<LoadedTfjs> {
  prepareNative();
  const tf = source.load('@tensorflow/tfjs-node') as typeof tfjs & {
    readonly version: Readonly<Record<string, string>>;
  };
  await tf.ready();
  if (tf.getBackend() !== 'tensorflow') {
    throw new Error(`its native addon was not loaded, the backend is "${tf.getBackend()}"`);
  }
  return { tf, name: `tfjs-node ${tf.version['tfjs-node'] ?? ''}`.trim() };
}

interface WasmBackend {
  setWasmPaths(folder: string): void;
}

async function loadPlain(source: PackageSource): Promise<LoadedTfjs> {
  let tf: typeof tfjs;
  try {
    tf = source.load('@tensorflow/tfjs-core') as typeof tfjs;
  } catch (error) {
    if (!isMissing(error)) throw error;
    tf = source.load('@tensorflow/tfjs') as typeof tfjs;
  }
  // Silences the advice to install the native backend instead.
  tf.enableProdMode();
  const wasm = '@tensorflow/tfjs-backend-wasm';
  const backends: readonly (readonly [string, () => void])[] = [
    [
      'wasm',
      () =>
        (source.load(wasm) as WasmBackend).setWasmPaths(join(source.folderOf(wasm), 'dist', '/')),
    ],
    ['cpu', () => void source.load('@tensorflow/tfjs-backend-cpu')],
  ];
  for (const [backend, register] of backends) {
    try {
      register();
    } catch (error) {
      // The whole of TensorFlow.js brings its plain JavaScript backend along.
      if (!isMissing(error)) throw error;
    }
    const registered = tf.engine().backendNames().includes(backend);
    if (registered && (await tf.setBackend(backend)))
      return { tf, name: `tfjs-core ${tf.version_core} ${backend}` };
  }
  throw new Error('no backend is installed');
}

const cures: Readonly<Record<TfjsPreference, string>> = {
  tfjs: 'run npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm',
  'tfjs-node':
    'where npm install @tensorflow/tfjs-node fails, build its addon with node node_modules/floatpath/tfjs-node/build.mjs (in a checkout: npm run tfjs-node)',
};

/**
 * Loads TensorFlow.js from our own packages or those of the project in the current folder.
 *
 * @throws {FloatpathError} `engine-unavailable` if it is not there or its native addon cannot be loaded, with the cure
 */
export async function loadTfjs(
  preference: TfjsPreference,
  sources: readonly PackageSource[] = installedSources(),
): Promise<LoadedTfjs> {
  const result = await firstOf(sources, preference === 'tfjs' ? loadPlain : loadNative);
  if ('found' in result) return result.found;
  const wanted = preference === 'tfjs' ? '@tensorflow/tfjs-core' : '@tensorflow/tfjs-node';
  throw new FloatpathError(
    'engine-unavailable',
    `loadTfjs: expected ${wanted} to be usable, got "${reasonOf(result.failure)}"; ${cures[preference]}`,
    { cause: result.failure },
  );
}
