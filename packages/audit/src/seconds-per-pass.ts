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

/** So many passes are timed at most, and for so many milliseconds. */
const PASSES = 9;
const ENOUGH = 500;

/**
 * Seconds of one forward pass in a full batch, the median of some: of a noisy copy, drawing the noise included, where noise is given.
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
  const times: number[] = [];
  // One pass alone may have met a collection of garbage, or another program.
  while (times.length < PASSES && (times.length === 0 || clock() - begun < ENOUGH)) {
    const from = clock();
    await pass();
    times.push(clock() - from);
  }
  times.sort((a, b) => a - b);
  return (times[times.length >> 1] as number) / 1000 / rows;
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
