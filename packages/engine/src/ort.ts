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
import { createTurns } from './ort/in-turn.js';
import type { OrtModule, OrtSession, OrtTensor } from './ort/module.js';
import { mayMixRows, nameWith, providersFor, type OrtProvider } from './ort/providers.js';
import { fromOrt, toOrt } from './ort/transfer.js';
import { runtimeFailure } from './runtime-failure.js';

export type { OrtModule, OrtSession, OrtTensor } from './ort/module.js';
export type { OrtProvider } from './ort/providers.js';

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

export interface OrtOptions {
  readonly executionProviders?: readonly OrtProvider[];
}

/** One thread: parallelism is by workers. Level 'all' keeps the runtime's own convolution layout. */
const sessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

const failure = (doing: string, error: unknown): FloatpathError =>
  runtimeFailure(`onnxruntime: ${doing}`, error);

/**
 * Runs networks on ONNX Runtime. Make one engine per module: it does one thing at a time, of all its kernels.
 *
 * `executionProviders` are the runtime's own (`webgpu`, `cuda` ...), tried in this order; the CPU unless given. The
 * engine's name says them. On another provider than the CPU it is `batchDependent`: float32 within the conformance list's
 * tolerance, bits of no kind promised. On WebGPU a NaN inside a network may be lost (the language allows it), and nodes
 * that its kernels are known to answer wrongly run on the CPU. Files on their own bytes always run on the CPU: they are
 * what networks are compared with.
 *
 * @param ort - the module `onnxruntime-node`, `onnxruntime-web` or, for WebGPU, `onnxruntime-web/webgpu`, imported by
 * the caller
 * @param name - name and version for reports, e.g. `onnxruntime-node 1.30.0`
 */
export function ortEngine(
  ort: OrtModule,
  name = 'onnxruntime',
  { executionProviders = [] }: OrtOptions = {},
): OrtEngine {
  const inTurn = createTurns();

  async function createSession(
    bytes: Uint8Array,
    what: string,
    providers: readonly OrtProvider[],
  ): Promise<OrtSession> {
    const options = { ...sessionOptions, executionProviders: providers };
    try {
      return await inTurn(() =>
        ort.InferenceSession.create(bytes, providers.length === 0 ? sessionOptions : options),
      );
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
    return {
      run: (feeds) =>
        inTurn(async () => {
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
        }),
      async dispose() {
        if (disposed) return;
        disposed = true;
        await inTurn(() => session.release());
      },
    };
  }

  return {
    name: nameWith(name, executionProviders),
    batchDependent: mayMixRows(executionProviders),
    async load(network: Network): Promise<Kernel> {
      checkNetwork(network);
      const session = await createSession(
        writeOnnx(network),
        `network "${network.name}"`,
        providersFor(network, executionProviders),
      );
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
      const session = await createSession(
        bytes,
        'the model file',
        executionProviders.length === 0 ? [] : ['cpu'],
      );
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
