import { float32Tensor, type Float32Tensor } from '@floatpath/core';
import { targetRows } from '@floatpath/engine';
import type { LabelledImages } from '@floatpath/sc-rfp';
import { noisyImages } from '../noisy-images.js';
import { shuffled } from '../shuffled.js';

/** What every network sees in one step. */
export interface Batch {
  readonly images: Float32Tensor;
  /** A distribution over classes per row. */
  readonly target: Float32Tensor;
}

export interface Batches {
  readonly steps: number;
  readonly at: (step: number) => Promise<Batch>;
}

/** The images of one step before noise, `round` counting passes over the data. */
export interface CleanBatch extends LabelledImages {
  readonly round: number;
}

/** Whole batches of every pass, each pass in an order of its own. */
export function cleanBatches(
  data: LabelledImages,
  options: { readonly batch: number; readonly epochs: number; readonly seed: number },
): { readonly steps: number; readonly at: (step: number) => CleanBatch } {
  const { batch, epochs, seed } = options;
  const perEpoch = Math.floor(data.ids.length / batch);
  const size = data.images.data.length / data.ids.length;
  let known = { round: -1, order: [] as readonly number[] };
  return {
    steps: epochs * perEpoch,
    at(step) {
      const round = Math.floor(step / perEpoch);
      if (known.round !== round) known = { round, order: shuffled(data.ids.length, seed, round) };
      const first = (step % perEpoch) * batch;
      const rows = known.order.slice(first, first + batch);
      const images = float32Tensor([rows.length, ...data.images.shape.slice(1)]);
      rows.forEach((row, k) =>
        images.data.set(data.images.data.subarray(row * size, (row + 1) * size), k * size),
      );
      return {
        images,
        round,
        labels: Int32Array.from(rows, (row) => data.labels[row] as number),
        ids: Uint32Array.from(rows, (row) => data.ids[row] as number),
      };
    },
  };
}

/** One noisy copy per image, its label the target. */
export function noisyBatches(
  data: LabelledImages,
  classes: number,
  options: {
    readonly batch: number;
    readonly epochs: number;
    readonly sigma: number;
    readonly seed: number;
  },
): Batches {
  const { steps, at } = cleanBatches(data, options);
  return {
    steps,
    at(step) {
      const { images, ids, labels, round } = at(step);
      return Promise.resolve({
        images: noisyImages(images, ids, { ...options, round }),
        target: targetRows({ kind: 'cross-entropy', labels: Int32Array.from(labels) }, classes),
      });
    },
  };
}
