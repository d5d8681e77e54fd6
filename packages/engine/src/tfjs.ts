import {
  checkNetwork,
  FloatpathError,
  shapeWithRows,
  sizeOf,
  type Engine,
  type Fetches,
  type Network,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';
import { checkFeeds } from './check-feeds.js';
import { foldConstants } from './fold.js';
import { runtimeFailure } from './runtime-failure.js';
import { onGpu, watchDevice } from './tfjs/device-errors.js';
import type { TfjsCore } from './tfjs/op.js';
import { createProgram, type TfjsAnswer, type TfjsProgram } from './tfjs/program.js';
import { download, requireBackendType } from './tfjs/transfer.js';

/**
 * The module `@tensorflow/tfjs-core`, or one that re-exports it (`@tensorflow/tfjs`, `@tensorflow/tfjs-node`): told apart
 * by these members, so that our declarations need none of its own.
 */
export interface TfjsModule {
  readonly version_core: string;
  ready(): Promise<void>;
  getBackend(): string;
  tidy(...args: never): unknown;
}

function zeros({ dtype, shape }: ValueInfo, rows: number): Tensor {
  const extents = shapeWithRows({ name: '', dtype, shape }, rows);
  const size = sizeOf(extents);
  switch (dtype) {
    case 'int64':
      return { dtype, shape: extents, data: new BigInt64Array(size) };
    case 'bool':
      return { dtype, shape: extents, data: new Uint8Array(size) };
    case 'float64':
      return { dtype, shape: extents, data: new Float64Array(size) };
    case 'float32':
      return { dtype, shape: extents, data: new Float32Array(size) };
  }
}

function disposeAnswer({ outputs, checks }: TfjsAnswer): void {
  for (const tensor of [...outputs, ...checks.map(({ holds }) => holds)]) tensor.dispose();
}

/** @throws {FloatpathError} `engine-failed` if one of the checks does not hold */
async function fetchAnswer(network: Network, answer: TfjsAnswer): Promise<Fetches> {
  try {
    for (const { holds, expected } of answer.checks) {
      const [held] = await holds.data();
      if (!held) throw new FloatpathError('engine-failed', `run: expected ${expected}, got others`);
    }
    const fetched: [string, Tensor][] = [];
    for (const [slot, output] of network.outputs.entries()) {
      const tensor = answer.outputs[slot];
      if (tensor !== undefined) fetched.push([output.name, await download(tensor, output)]);
    }
    return Object.fromEntries(fetched);
  } catch (error) {
    throw runtimeFailure('tfjs: the outputs could not be read', error);
  } finally {
    disposeAnswer(answer);
  }
}

/** Every op is tried on zeros, so that one that the backend lacks is named before anything is computed. */
function tryOnZeros(network: Network, program: TfjsProgram): void {
  const feeds = network.inputs.map((input): [string, Tensor] => [input.name, zeros(input, 1)]);
  disposeAnswer(program.run(Object.fromEntries(feeds), 1));
}

/**
 * Runs networks on TensorFlow.js, on whatever backend is active when a network is loaded. Computes in float32; int64
 * lives as int32 and float64 is refused, as is every op that the backend has not (at `load`, naming the node). No
 * tensor is left behind: `tf.memory().numTensors` is what it was once a kernel is disposed. On the webgl and webgpu backends
 * the engine is `batchDependent`, and a NaN inside a network may be lost.
 *
 * @param tf - `@tensorflow/tfjs-core` with a backend, `@tensorflow/tfjs` or `@tensorflow/tfjs-node`, imported by the caller
 * @param name - name, backend and version for reports, e.g. `tfjs-node 4.22.0`
 */
export function tfjsEngine(tf: TfjsModule, name = 'tfjs'): Engine {
  return {
    name,
    get batchDependent() {
      return onGpu(tf as TfjsCore);
    },
    async load(network) {
      checkNetwork(network);
      for (const value of [...network.inputs, ...network.outputs])
        requireBackendType(`"${value.name}"`, value.dtype);
      for (const [constant, { dtype }] of network.constants)
        requireBackendType(`constant "${constant}"`, dtype);
      await tf.ready();
      const program = createProgram(tf as TfjsCore, foldConstants(network));
      try {
        tryOnZeros(network, program);
      } catch (error) {
        program.dispose();
        throw error;
      }
      let disposed = false;
      return {
        network,
        async run(feeds) {
          if (disposed) {
            throw new FloatpathError(
              'kernel-disposed',
              'run: expected a loaded kernel, got a disposed one; load the network again',
            );
          }
          const rows = checkFeeds(network, feeds);
          if (rows === 0) {
            return Object.fromEntries(
              network.outputs.map((output) => [output.name, zeros(output, 0)]),
            );
          }
          const { value: answer, problem } = watchDevice(tf as TfjsCore, () =>
            program.run(feeds, rows),
          );
          const reason = await problem;
          if (reason === undefined) return fetchAnswer(network, answer);
          disposeAnswer(answer);
          throw runtimeFailure('tfjs: run failed', reason);
        },
        async [Symbol.asyncDispose]() {
          if (disposed) return;
          disposed = true;
          program.dispose();
        },
      };
    },
  };
}
