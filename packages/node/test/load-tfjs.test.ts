import { createRequire } from 'node:module';
import util from 'node:util';
import { float32Tensor, type Network } from '@floatpath/core';
import { describe, expect, it } from 'vitest';
import { loadEngine, loadTfjs, type PackageSource } from '../src/index.js';

const require = createRequire(import.meta.url);

function missing(name: string): never {
  throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:`), {
    code: 'MODULE_NOT_FOUND',
  });
}

/** Packages by name; all else is not installed. */
const only = (packages: Readonly<Record<string, () => unknown>>): PackageSource => ({
  load: (name) => (packages[name] ?? (() => missing(name)))(),
  folderOf: (name) => require.resolve(`${name}/package.json`).replace(/.package\.json$/, ''),
});

const core = (): unknown => require('@tensorflow/tfjs-core');
const cpu = (): unknown => require('@tensorflow/tfjs-backend-cpu');
const wasm = (): unknown => require('@tensorflow/tfjs-backend-wasm');

/** What `@tensorflow/tfjs-node` gives on a machine with its addon: the same ops on a backend called tensorflow. */
function nativeStandIn(): unknown {
  cpu();
  const tf = core() as Record<string, unknown>;
  return {
    ...tf,
    version: { 'tfjs-node': '4.22.0' },
    ready: () => Promise.resolve(),
    getBackend: () => 'tensorflow',
  };
}

const identity: Network = {
  name: 'identity',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
  nodes: [{ name: 'only', op: 'Identity', inputs: ['x'], outputs: ['y'], attributes: {} }],
  constants: new Map(),
};

describe('loadTfjs', () => {
  it('prefers WebAssembly and says so in its name', async () => {
    const packages = {
      '@tensorflow/tfjs-core': core,
      '@tensorflow/tfjs-backend-wasm': wasm,
      '@tensorflow/tfjs-backend-cpu': cpu,
    };
    expect((await loadTfjs('tfjs', [only({}), only(packages)])).name).toBe('tfjs-core 4.22.0 wasm');
  });

  it('names what to install where nothing is there', async () => {
    await expect(loadTfjs('tfjs', [only({})])).rejects.toMatchObject({
      code: 'engine-unavailable',
      message:
        'loadTfjs: expected @tensorflow/tfjs-core to be usable, got "Cannot find module \'@tensorflow/tfjs\'"; run npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm',
    });
  });

  it('names the cure where tfjs-node is missing, and where its addon is', async () => {
    const noAddon = (): never => {
      throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found\nat x');
    };
    await expect(loadTfjs('tfjs-node', [only({})])).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/^[^.]*tfjs-node[^\n]*npm run tfjs-node\)$/) as string,
    });
    // The absence of a second copy does not hide why the first one failed.
    const sources = [only({ '@tensorflow/tfjs-node': noAddon }), only({})];
    await expect(loadTfjs('tfjs-node', sources)).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringContaining('got "The Node.js native addon module') as string,
    });
  });

  it('refuses a tfjs-node that fell back to another backend', async () => {
    const fallen = (): unknown => ({
      ...(nativeStandIn() as object),
      getBackend: () => 'cpu',
    });
    await expect(
      loadTfjs('tfjs-node', [only({ '@tensorflow/tfjs-node': fallen })]),
    ).rejects.toMatchObject({
      message: expect.stringContaining('the backend is "cpu"') as string,
    });
  });

  it('puts back what Node 23 removed and tfjs-node calls', async () => {
    const source = only({ '@tensorflow/tfjs-node': nativeStandIn });
    const { name } = await loadTfjs('tfjs-node', [source]);
    expect(name).toBe('tfjs-node 4.22.0');
    const { isNullOrUndefined } = util as unknown as Record<string, (value: unknown) => boolean>;
    expect([null, undefined, 0].map((value) => isNullOrUndefined?.(value))).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('loadEngine', () => {
  it('runs networks on TensorFlow.js and leaves model files to ONNX Runtime', async () => {
    const { engine, preference, notice } = await loadEngine('tfjs');
    expect([engine.name, preference, notice]).toEqual(['tfjs-core 4.22.0 wasm', 'tfjs', undefined]);
    await using kernel = await engine.load(identity);
    const x = float32Tensor([1, 2], [0.5, 2]);
    expect((await kernel.run({ x }))['y']).toEqual(x);
    await expect(engine.loadOnnx(Uint8Array.of(1))).rejects.toMatchObject({
      message: expect.stringContaining('onnxruntime') as string,
    });
  });
});
