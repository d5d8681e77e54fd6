import {
  checkNetwork,
  FloatpathError,
  type DType,
  type Engine,
  type Feeds,
  type Fetches,
  type Kernel,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { checkFeeds } from './check-feeds.js';
import { runtimeFailure } from './runtime-failure.js';

/** The part of the `onnxruntime-node` and `onnxruntime-web` modules that the engine uses. */
export interface OrtModule {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options?: Record<string, unknown>): Promise<OrtSession>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
}

export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** An ONNX file run on its own bytes, whatever ops it has. Feeds must have the dtypes of the file's inputs. */
export interface OnnxFile extends AsyncDisposable {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Feeds): Promise<Fetches>;
}

export interface OrtEngine extends Engine {
  /** @throws {FloatpathError} `engine-failed` with the runtime's message */
  loadOnnx(bytes: Uint8Array): Promise<OnnxFile>;
}

/** One thread: parallelism is by workers. Level 'all' keeps the runtime's own convolution layout. */
const sessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** Float tensors are converted to the float type that the session's input has. */
function toOrt(ort: OrtModule, tensor: Tensor, dtype: DType): OrtTensor {
  if (tensor.dtype === 'float64' && dtype === 'float32')
    return new ort.Tensor(dtype, Float32Array.from(tensor.data), tensor.shape);
  if (tensor.dtype === 'float32' && dtype === 'float64')
    return new ort.Tensor(dtype, Float64Array.from(tensor.data), tensor.shape);
  return new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
}

function fromOrt(tensor: OrtTensor, name: string): Tensor {
  const shape = [...tensor.dims];
  switch (tensor.type) {
    case 'float32':
      return { dtype: 'float32', shape, data: tensor.data as Float32Array };
    case 'float64':
      return { dtype: 'float64', shape, data: tensor.data as Float64Array };
    case 'int64':
      return { dtype: 'int64', shape, data: tensor.data as BigInt64Array };
    case 'bool':
      return { dtype: 'bool', shape, data: tensor.data as Uint8Array };
    default:
      throw new FloatpathError(
        'engine-failed',
        `run: expected output "${name}" of a supported type, got ${tensor.type}`,
      );
  }
}

const failure = (doing: string, error: unknown): FloatpathError =>
  runtimeFailure(`onnxruntime: ${doing}`, error);

/**
 * Runs networks on ONNX Runtime.
 *
 * @param ort - the module `onnxruntime-node` or `onnxruntime-web`, imported by the caller
 * @param name - name and version for reports, e.g. `onnxruntime-node 1.30.0`
 */
export function ortEngine(ort: OrtModule, name = 'onnxruntime'): OrtEngine {
  async function createSession(bytes: Uint8Array, what: string): Promise<OrtSession> {
    try {
      return await ort.InferenceSession.create(bytes, sessionOptions);
    } catch (error) {
      throw failure(`cannot load ${what}`, error);
    }
  }

  function runner(
    session: OrtSession,
    outputs: readonly string[],
    dtypeOf: (input: string, tensor: Tensor) => DType,
  ): { run(feeds: Feeds): Promise<Fetches>; dispose(): Promise<void> } {
    let disposed = false;
    // The runtime answers one call at a time; later calls wait for earlier ones.
    let last: Promise<unknown> = Promise.resolve();
    return {
      run(feeds) {
        const next = last.then(async () => {
          if (disposed) {
            throw new FloatpathError(
              'kernel-disposed',
              'run: expected a loaded kernel, got a disposed one; load the network again',
            );
          }
          const ortFeeds: Record<string, OrtTensor> = {};
          for (const [input, tensor] of Object.entries(feeds))
            ortFeeds[input] = toOrt(ort, tensor, dtypeOf(input, tensor));
          let results: Record<string, OrtTensor>;
          try {
            results = await session.run(ortFeeds);
          } catch (error) {
            throw failure('run failed', error);
          }
          const fetches: Record<string, Tensor> = {};
          for (const output of outputs) {
            const tensor = results[output];
            if (tensor === undefined) throw failure('run failed', `no output "${output}"`);
            fetches[output] = fromOrt(tensor, output);
          }
          return fetches;
        });
        last = next.catch(() => undefined);
        return next;
      },
      async dispose() {
        if (disposed) return;
        disposed = true;
        await last;
        await session.release();
      },
    };
  }

  return {
    name,
    async load(network: Network): Promise<Kernel> {
      checkNetwork(network);
      const session = await createSession(writeOnnx(network), `network "${network.name}"`);
      const dtypes = new Map(network.inputs.map((input) => [input.name, input.dtype]));
      const { run, dispose } = runner(
        session,
        network.outputs.map((output) => output.name),
        (input) => dtypes.get(input) ?? 'float32',
      );
      return {
        network,
        async run(feeds) {
          checkFeeds(network, feeds);
          return run(feeds);
        },
        [Symbol.asyncDispose]: dispose,
      };
    },
    async loadOnnx(bytes) {
      const session = await createSession(bytes, 'the model file');
      const { run, dispose } = runner(session, session.outputNames, (_, tensor) => tensor.dtype);
      return {
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        run,
        [Symbol.asyncDispose]: dispose,
      };
    },
  };
}
