import type { TfjsCore } from './op.js';

/** The part of a WebGPU device that tells what went wrong on it. */
interface Device {
  pushErrorScope(filter: 'out-of-memory' | 'validation'): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
}

const GPU_BACKENDS = ['webgl', 'webgpu'];

/** Whether the active backend computes on a GPU, where a row may depend on its batch. */
export const onGpu = (tf: Pick<TfjsCore, 'getBackend'>): boolean =>
  GPU_BACKENDS.includes(tf.getBackend());

/**
 * Runs `work` and tells what the device reports about it. Without this the WebGPU backend answers zeros where a buffer
 * could not be made. `work` is synchronous, so scopes of two runs cannot cross.
 */
export function watchDevice<T>(
  tf: TfjsCore,
  work: () => T,
): { readonly value: T; readonly problem: Promise<string | undefined> } {
  if (tf.getBackend() !== 'webgpu') return { value: work(), problem: Promise.resolve(undefined) };
  const { device } = tf.backend() as unknown as { readonly device: Device };
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  const pop = async (): Promise<string | undefined> => {
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    return errors.find((error) => error !== null)?.message;
  };
  try {
    const value = work();
    return { value, problem: pop() };
  } catch (error) {
    void pop().catch(() => undefined);
    throw error;
  }
}
