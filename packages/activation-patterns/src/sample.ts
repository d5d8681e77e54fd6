import {
  float32Tensor,
  requireArgument,
  type Purpose,
  type RunOptions,
  type Tensor,
} from '@floatpath/core';
import { clopperPearsonUpper } from '@floatpath/statistics';
import { inputRow, type Analysis } from './analysis.js';
import { requireBall, type Ball } from './ball.js';
import { fillBallPoint } from './draw-ball.js';
import { selectionsAt, type Observer } from './observer.js';

/** What draws from a ball have shown. Sampling can show that a unit is float, never that it is fixed. */
export interface Sampling {
  readonly evidence: 'sampled';
  readonly draws: number;
  /** Per unit the number of draws that select differently from the center. */
  readonly flips: Uint32Array;
  /** 1 where a flip was seen. */
  readonly seen: Uint8Array;
  /** Selections at the center, in float64. */
  readonly selections: Uint16Array;
  /**
   * With probability at least 1 - alpha over the draws, every unit that was not seen to flip does so with at most
   * this chance per draw: Clopper-Pearson for 0 of `draws` at level alpha / units, all units together.
   */
  readonly unseenChance: number;
}

export interface SampleOptions extends RunOptions {
  readonly draws: number;
  /** Level of the statement about unseen flips, in (0, 1). */
  readonly alpha: number;
  readonly seed: number;
  /** Identity of the image, for its stream. */
  readonly image: number;
  /** What the draws are for; other purposes never see their bits. */
  readonly purpose: Extract<Purpose, 'calibration' | 'anchor'>;
  readonly batchSize: number;
}

/**
 * Counts the selections that differ from the center's in draws from a ball: uniform by volume, clipped to the input
 * bounds. Draw j depends on (seed, purpose, image, j) only.
 *
 * @param observer - of `analysis`, on any engine
 * @param x - the center, one input
 * @throws {FloatpathError} `invalid-argument`, `shape-mismatch`, `not-finite`
 */
export async function sampleFlips(
  analysis: Analysis,
  observer: Observer,
  x: Tensor,
  ball: Ball,
  options: SampleOptions,
): Promise<Sampling> {
  const { draws, alpha, seed, image, purpose, batchSize } = options;
  requireArgument(
    Number.isInteger(draws) && draws >= 1,
    `sampleFlips: expected draws an integer of at least 1, got ${draws}`,
  );
  requireArgument(
    Number.isInteger(batchSize) && batchSize >= 1,
    `sampleFlips: expected batchSize an integer of at least 1, got ${batchSize}`,
  );
  requireArgument(alpha > 0 && alpha < 1, `sampleFlips: expected alpha in (0, 1), got ${alpha}`);
  const center = inputRow(analysis, x, 'sampleFlips');
  requireBall(center, ball, 'sampleFlips');
  const { units } = analysis.layout;
  const selections = selectionsAt(analysis, center);
  const flips = new Uint32Array(units);
  const size = center.data.length;
  const limit = analysis.batched ? batchSize : 1;
  for (let first = 0; first < draws; first += limit) {
    options.signal?.throwIfAborted();
    const rows = Math.min(limit, draws - first);
    const values = new Float32Array(rows * size);
    for (let row = 0; row < rows; row += 1) {
      const point = values.subarray(row * size, (row + 1) * size);
      fillBallPoint(point, center, ball, { seed, purpose, image, draw: first + row });
    }
    const shape = analysis.batched ? [rows, ...center.shape.slice(1)] : center.shape;
    for (const observed of await observer.observe(float32Tensor(shape, values))) {
      for (let i = 0; i < units; i += 1) {
        if (observed.selections[i] !== selections[i]) flips[i]! += 1;
      }
    }
    options.onProgress?.({ stage: 'sample', done: first + rows, total: draws });
  }
  return {
    evidence: 'sampled',
    draws,
    flips,
    seen: Uint8Array.from(flips, (count) => (count > 0 ? 1 : 0)),
    selections,
    unseenChance: clopperPearsonUpper(0, draws, alpha / Math.max(1, units)),
  };
}
