import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeOnnx } from '@floatpath/model-io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadEngine, loadOrt } from '../src/index.js';

const missing = (): Promise<never> => Promise.reject(new Error('Cannot find package\nstack'));

describe('loadOrt', () => {
  it('names the native runtime with its version', async () => {
    const loaded = await loadOrt('ort');
    expect(loaded).toMatchObject({ runtime: 'onnxruntime-node', name: 'onnxruntime-node 1.30.0' });
    expect(loaded.notice).toBeUndefined();
  });

  it('falls back to WebAssembly and says why in one sentence', async () => {
    const web = () => import('onnxruntime-web');
    const loaded = await loadOrt('ort', { node: missing, web });
    expect(loaded.name).toBe('onnxruntime-web 1.30.0');
    expect(loaded.notice).toBe(
      'onnxruntime-node could not be loaded (Cannot find package); using onnxruntime-web 1.30.0, which is slower',
    );
    expect((await loadOrt('ort-web', { node: missing, web })).notice).toBeUndefined();
  });

  it('names the cure when neither loads', async () => {
    await expect(loadOrt('ort', { node: missing, web: missing })).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringContaining(
        'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node',
      ),
    });
  });
});

describe('telemetry of ONNX Runtime', () => {
  const NAME = 'ORT_DISABLE_TELEMETRY';
  let before: string | undefined;
  beforeEach(() => {
    before = process.env[NAME];
    delete process.env[NAME];
  });
  afterEach(() => {
    if (before !== undefined) process.env[NAME] = before;
  });
  const seen = async (): Promise<string | undefined> => {
    let value: string | undefined;
    const node = () => {
      value = process.env[NAME];
      return import('onnxruntime-node');
    };
    await loadOrt('ort', { node, web: missing });
    return value;
  };

  it('is off before the module is imported, unless somebody has said otherwise', async () => {
    expect(await seen()).toBe('1');
    process.env[NAME] = '0';
    expect(await seen()).toBe('0');
  });

  const runtime = dirname(
    dirname(createRequire(import.meta.url).resolve('onnxruntime-node/dist/index.js')),
  );
  const folder = join(runtime, 'bin/napi-v6/linux', process.arch);
  const native = process.platform === 'linux' && existsSync(folder);

  it.skipIf(!native)('leaves no identifier behind once it is off', () => {
    const library = readdirSync(folder).find((name) => name.startsWith('libonnxruntime.so')) ?? '';
    // The switch is still the one that the library knows.
    expect(readFileSync(join(folder, library)).includes(NAME)).toBe(true);
    const home = mkdtempSync(join(tmpdir(), 'floatpath-home-'));
    const network = {
      name: 'n',
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [1, 2] }],
      nodes: [{ name: 'r', op: 'Relu', inputs: ['x'], outputs: ['y'], attributes: {} }],
      constants: new Map(),
    } as const;
    const model = Buffer.from(writeOnnx(network)).toString('base64');
    const program = `process.env.${NAME} = '1';
      const ort = require(${JSON.stringify(runtime)});
      ort.InferenceSession.create(Buffer.from('${model}', 'base64')).then((s) => console.log(s.inputNames[0]));`;
    try {
      // Neither CI nor anything else that would keep it quiet by itself.
      const env = { PATH: process.env['PATH'] ?? '', HOME: home };
      const said = execFileSync(process.execPath, ['-e', program], { env, encoding: 'utf8' });
      expect(said.trim()).toBe('x');
      expect(readdirSync(home)).toEqual([]);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});

describe('loadEngine', () => {
  it('computes in float64 on request, and keeps the runtime for the file itself', async () => {
    const { engine, preference } = await loadEngine('reference');
    expect(preference).toBe('reference');
    expect(engine.name).toMatch(/^reference/);
    await expect(engine.loadOnnx(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'engine-failed',
    });
  });
});
