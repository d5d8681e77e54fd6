import {
  rowsOf,
  type Bounds,
  type Classifier,
  type Engine,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { countDraws, labelCounter, type Noise } from '@floatpath/smoothing';

export interface TimedPass {
  readonly batchSize: number;
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
  readonly noise?: Noise;
}

/**
 * Seconds of one forward pass in a full batch: of a noisy copy, drawing the noise included, where noise is given.
 */
export async function secondsPerPass(
  classifier: Classifier,
  images: Float32Tensor,
  { batchSize, clock, noise }: TimedPass,
): Promise<number> {
  const rows = noise === undefined ? Math.min(images.shape[0] ?? 1, batchSize) : batchSize;
  const counter = labelCounter([{ name: 'timed', classifier }]);
  const pass = async (): Promise<unknown> =>
    noise === undefined
      ? classifier.logits(rowsOf(images, 0, rows))
      : countDraws(counter, rowsOf(images, 0, 1), {
          ...{ noise, n: rows, batchSize, seed: 0, image: 0 },
          purpose: 'estimation',
        });
  // The first pass sets up the session.
  await pass();
  const begun = clock();
  await pass();
  return (clock() - begun) / 1000 / rows;
}

/** {@link secondsPerPass} of a network that is not open yet. */
export async function secondsPerPassOf(
  engine: Engine,
  network: Network,
  images: Float32Tensor,
  { bounds, ...timed }: TimedPass & { readonly bounds: Bounds },
): Promise<number> {
  await using classifier = await createClassifier(engine, network, { bounds });
  return await secondsPerPass(classifier, images, timed);
}
