import {
  requireArgument,
  type Float32Tensor,
  type LabelCounter,
  type NoiseRows,
  type Purpose,
  type RunOptions,
} from '@floatpath/core';
import type { Noise } from './noise/noise.js';

export interface CountOptions extends RunOptions {
  readonly noise: Noise;
  readonly purpose: Purpose;
  /** Identity of the image, or 0 for noise shared by all images. */
  readonly image: number;
  readonly seed: number;
  readonly n: number;
  readonly batchSize: number;
  /** Number of the first draw; ranges of draws add up. 0 unless given. */
  readonly from?: number;
}

export interface DrawCounts {
  /** Per classifier, how many draws each class won; rejected draws are in none. */
  readonly counts: readonly Uint32Array[];
  /** Draws made, rejected ones included. */
  readonly n: number;
  readonly rejected: number;
}

/** The noise without the rows `rejected`. */
function withoutRows(noise: NoiseRows, rejected: readonly number[]): NoiseRows {
  if (rejected.length === 0) return noise;
  const size = noise.values.length / noise.rows;
  const dropped = new Set(rejected);
  const values = noise.values.filter((_, i) => !dropped.has(Math.floor(i / size)));
  return { ...noise, rows: noise.rows - dropped.size, values };
}

/**
 * Counts the labels of `n` noisy copies of `x`. Draw i is keyed by (seed, purpose, image, i), so
 * the counts do not depend on `batchSize`, order or workers.
 *
 * @param x - one input `[1, ...inputShape]` in input units
 * @throws {FloatpathError} `invalid-argument` for n or batchSize below 1; whatever the counter
 * throws, at once: a sampling loop does not go on after an error
 */
export async function countDraws(
  counter: LabelCounter,
  x: Float32Tensor,
  options: CountOptions,
): Promise<DrawCounts> {
  const { noise, purpose, image, seed, n, batchSize, from = 0, signal, onProgress } = options;
  requireArgument(
    Number.isSafeInteger(n) && n >= 1,
    `countDraws: expected n an integer of at least 1, got ${n}`,
  );
  requireArgument(
    Number.isSafeInteger(batchSize) && batchSize >= 1,
    `countDraws: expected batchSize an integer of at least 1, got ${batchSize}`,
  );
  const counts = counter.names.map(() => new Uint32Array(counter.classes));
  const size = x.data.length;
  let rejected = 0;
  for (let done = 0; done < n;) {
    signal?.throwIfAborted();
    const count = Math.min(batchSize, n - done);
    const draw = noise.rows({ seed, purpose, image, from: from + done, count, size });
    if (draw.rejected.length < count) {
      const batch = await counter.countLabels(x, withoutRows(draw.noise, draw.rejected));
      counts.forEach((totals, i) => {
        totals.forEach((total, label) => {
          totals[label] = total + (batch[i]?.[label] ?? NaN);
        });
      });
    }
    rejected += draw.rejected.length;
    done += count;
    onProgress?.({ stage: purpose, done, total: n });
  }
  return { counts, n, rejected };
}
