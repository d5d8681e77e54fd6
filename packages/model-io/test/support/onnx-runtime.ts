import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Tensor } from '@floatpath/core';

/** What these tests use of onnxruntime-node, which the engine package installs. */
interface OnnxRuntime {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: object): Promise<Session>;
  };
  readonly Tensor: new (
    type: string,
    data: unknown,
    shape: readonly number[],
  ) => { readonly data: ArrayLike<number | bigint>; readonly dims: readonly number[] };
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(
    feeds: object,
  ): Promise<
    Record<string, { readonly data: ArrayLike<number | bigint>; readonly dims: readonly number[] }>
  >;
  release(): Promise<void>;
}

const enginePackage = new URL('../../../engine/package.json', import.meta.url);

function loadRuntime(): OnnxRuntime | undefined {
  try {
    return createRequire(enginePackage)('onnxruntime-node') as OnnxRuntime;
  } catch {
    return undefined;
  }
}

const runtime = existsSync(enginePackage) ? loadRuntime() : undefined;

/** False where onnxruntime-node is not installed; tests that need it skip. */
export const hasOnnxRuntime = runtime !== undefined;

export interface RunResult {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Runs a model's bytes in ONNX Runtime. Outputs in the order of the graph. */
export async function runOnnx(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<RunResult[]> {
  if (runtime === undefined) throw new Error('onnxruntime-node is not installed');
  const session = await runtime.InferenceSession.create(bytes, {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  });
  try {
    const tensors = Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
      name,
      new (runtime as OnnxRuntime).Tensor(dtype, data, shape),
    ]);
    const fetched = await session.run(Object.fromEntries(tensors));
    return session.outputNames.map((name) => {
      const tensor = fetched[name];
      return { shape: [...(tensor?.dims ?? [])], data: Array.from(tensor?.data ?? [], Number) };
    });
  } finally {
    await session.release();
  }
}
