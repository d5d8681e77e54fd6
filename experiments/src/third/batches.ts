import {
  float32Tensor,
  numbersOf,
  type Float32Tensor,
  type Kernel,
  type Tensor,
} from '@floatpath/core';
import { targetRows } from '@floatpath/engine';
import type { LabelledImages } from '@floatpath/sc-rfp';
import { noisyImages } from '../noisy-images.js';
import { cleanBatches, type Batches } from '../training/batches.js';

/** One row in so many has no noise. */
const QUIET = 10;

/**
 * Batches whose target is half the label and half what `teacher` says of the image without noise; one row in ten has no noise.
 *
 * @param options - mirrored: every second image of a batch is seen in a mirror
 */
export function taughtBatches(
  data: LabelledImages,
  { kernel, input, output }: Teacher,
  options: {
    readonly batch: number;
    readonly epochs: number;
    readonly sigma: number;
    readonly seed: number;
    readonly mirrored: boolean;
  },
): Batches {
  const { steps, at } = cleanBatches(data, options);
  return {
    steps,
    async at(step) {
      const { images, ids, labels, round } = at(step);
      if (options.mirrored) mirrorEverySecond(images);
      const fetches = await kernel.run({ [input]: images });
      const said = softmaxRows(fetches[output] as Tensor);
      const own = targetRows(
        { kind: 'cross-entropy', labels: Int32Array.from(labels) },
        Number(said.shape[1]),
      );
      const noisy = noisyImages(images, ids, { ...options, round });
      const size = noisy.data.length / ids.length;
      for (let row = 0; row < ids.length; row += QUIET) {
        const range = [row * size, (row + 1) * size] as const;
        noisy.data.set(images.data.subarray(...range), range[0]);
      }
      const target = own.data.map((v, i) => (v + (said.data[i] as number)) / 2);
      return { images: noisy, target: float32Tensor(own.shape, target) };
    },
  };
}

/** A network that says what images without noise show. */
export interface Teacher {
  readonly kernel: Kernel;
  readonly input: string;
  readonly output: string;
}

/** Reverses the columns of images 1, 3, ... of a batch in place. */
function mirrorEverySecond({ shape, data }: Float32Tensor): void {
  const width = shape.at(-1) ?? 0;
  const size = data.length / (shape[0] ?? 1);
  for (let at = size; at < data.length; at += 2 * size)
    for (let line = at; line < at + size; line += width)
      data.subarray(line, line + width).reverse();
}

function softmaxRows(logits: Tensor): Float32Tensor {
  const values = Float32Array.from(numbersOf(logits));
  const classes = Number(logits.shape[1]);
  for (let at = 0; at < values.length; at += classes) {
    const row = values.subarray(at, at + classes);
    const most = Math.max(...row);
    row.forEach((v, j) => (row[j] = Math.exp(v - most)));
    const total = row.reduce((a, b) => a + b, 0);
    row.forEach((v, j) => (row[j] = v / total));
  }
  return float32Tensor(logits.shape, values);
}
