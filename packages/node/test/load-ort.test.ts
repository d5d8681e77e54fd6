import { describe, expect, it } from 'vitest';
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
