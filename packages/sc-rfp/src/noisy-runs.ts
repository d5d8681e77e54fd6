import {
  float32Tensor,
  requireArgument,
  type Engine,
  type Feeds,
  type Fetches,
  type Float32Tensor,
  type Network,
  type Purpose,
  type RunOptions,
} from '@floatpath/core';
import { addNoise, noisyInputs } from '@floatpath/engine';
import { gridPoint, type Noise } from '@floatpath/smoothing';

/** Which noisy copies of one input are run. */
export interface NoisyRunsRequest extends RunOptions {
  readonly seed: number;
  readonly purpose: Purpose;
  readonly image: number;
  readonly draws: number;
  readonly batchSize: number;
}

/** A network loaded to run on noisy copies of one input at a time. */
export interface NoisyRuns extends AsyncDisposable {
  /** Runs draws 0 .. draws - 1 in order, batch by batch. A draw's noise depends on its number alone. */
  at(x: Float32Tensor, request: NoisyRunsRequest): AsyncIterable<Fetches>;
}

/** @param network - its first input `[batch, ...]` takes the noise */
export async function createNoisyRuns(
  engine: Engine,
  network: Network,
  noise: Noise,
): Promise<NoisyRuns> {
  const bounds = noise.arithmetic === 'grid' ? noise.bounds : ([0, 1] as const);
  const kernel = await engine.load(addNoise(network, noise.arithmetic, bounds));
  return {
    async *at(x, { seed, purpose, image, draws, batchSize, signal, onProgress }) {
      requireArgument(
        Number.isSafeInteger(batchSize) && batchSize >= 1,
        `${purpose}: expected batchSize an integer of at least 1, got ${batchSize}`,
      );
      const center = noise.arithmetic === 'grid' ? gridPoint(x, noise.bounds).levels : x;
      const size = x.data.length;
      for (let from = 0; from < draws; from += batchSize) {
        signal?.throwIfAborted();
        const count = Math.min(batchSize, draws - from);
        // A draw too close to a rounding boundary is kept with a 0 in it: nothing here is a count of a certificate.
        const { noise: rows } = noise.rows({ seed, purpose, image, from, count, size });
        const clip: Feeds =
          rows.arithmetic === 'grid'
            ? {
                [noisyInputs.clipLow]: float32Tensor([], [rows.clip[0]]),
                [noisyInputs.clipHigh]: float32Tensor([], [rows.clip[1]]),
              }
            : {};
        yield await kernel.run({
          [noisyInputs.center]: center,
          [noisyInputs.noise]: float32Tensor([count, ...x.shape.slice(1)], rows.values),
          ...clip,
        });
        onProgress?.({ stage: purpose, done: from + count, total: draws });
      }
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}
