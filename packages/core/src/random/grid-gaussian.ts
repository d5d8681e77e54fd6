import { gridGaussianCuts } from './grid-gaussian-cuts.js';
import { gridTable } from './grid-table.js';
import { fillPhiloxBlock, type PhiloxState } from './philox.js';
import { requireRange } from './range.js';
import { noiseKernels } from './shared-kernels.js';
import { streamState, type StreamKey } from './stream.js';

/**
 * Draws J = round(255 sigma Z / width), Z standard normal, exactly: a 64-bit uniform U is compared with integer cut
 * points floor(2^64 P(J <= j)). Rounding real Gaussian noise to the grid is post-processing, so a smoothing theorem
 * for the Gaussian holds for a classifier that sees only x + J.
 *
 * The 64 bits of U say on which side of a cut point a real uniform lies unless U is the cut's own floor. Such a draw,
 * and with room to spare every draw one unit of 2^-64 away, is *rejected*: written as 0 and reported, to be counted
 * against the certificate.
 *
 * @see Voracek, Hein, ICLR 2023, "Sound randomized smoothing in floating-point arithmetic"
 */
export interface GridGaussian {
  readonly sigma: number;
  /**
   * Fills `out[at .. at + size)` with integers.
   * @returns true if a draw was rejected
   * @throws {FloatpathError} `invalid-argument` if the range is not within `out`
   */
  fill(out: Float32Array, at: number, size: number, stream: StreamKey): boolean;
}

/** The 64-bit uniform at `position`: the lower word comes from the same stream with the top counter bit set. */
function uniformAt(state: PhiloxState, position: number): bigint {
  const words = new Uint32Array(8);
  fillPhiloxBlock(words, 0, state, position >>> 2);
  const lowState = { ...state, counter3: (state.counter3 | 0x80000000) >>> 0 };
  fillPhiloxBlock(words, 4, lowState, position >>> 2);
  const lane = position & 3;
  return (BigInt(words[lane] as number) << 32n) | BigInt(words[lane + 4] as number);
}

/** The rank of `u` among the cut points, or -1 within one unit of one of them. */
function rankOf(u: bigint, cuts: BigUint64Array): number {
  let left = 0;
  for (let right = cuts.length; left < right;) {
    const middle = (left + right) >> 1;
    if ((cuts[middle] as bigint) <= u) left = middle + 1;
    else right = middle;
  }
  const below = left > 0 ? u - (cuts[left - 1] as bigint) : 2n;
  const above = left < cuts.length ? (cuts[left] as bigint) - u : 2n;
  return below <= 1n || above <= 1n ? -1 : left;
}

/**
 * The sampler over a table of ascending cut points: rank k is written as k - limit. Apart from the table, so that tests
 * can put a cut point under a known draw.
 */
export function sampleByCuts(limit: number, cuts: BigUint64Array): GridGaussian['fill'] {
  const table = gridTable(limit, cuts);
  return (out, at, size, stream) => {
    requireRange('gridGaussian.fill', out, at, size);
    const state = streamState(stream);
    let undecided = noiseKernels().fillGrid(out, at, size, state, table);
    let rejected = false;
    // The upper words alone leave about one draw in 10^7 undecided.
    for (let i = 0; undecided > 0 && i < size; i += 1) {
      if (!Number.isNaN(out[at + i])) continue;
      undecided -= 1;
      const rank = rankOf(uniformAt(state, i), cuts);
      out[at + i] = rank < 0 ? 0 : rank - limit;
      rejected ||= rank < 0;
    }
    return rejected;
  };
}

/**
 * Prepares the sampler for one sigma.
 *
 * @param sigma - in input units, between 1/25500 and 10 times the width of the bounds
 * @throws {FloatpathError} `invalid-argument` outside that range
 */
export function gridGaussian(sigma: number, boundsWidth = 1): GridGaussian {
  const { limit, cuts } = gridGaussianCuts(sigma, boundsWidth);
  return { sigma, fill: sampleByCuts(limit, cuts) };
}
