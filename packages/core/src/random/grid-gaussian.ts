import { gridGaussianCuts } from './grid-gaussian-cuts.js';
import { fillPhiloxBlock } from './philox.js';
import { streamState, type StreamKey } from './stream.js';

/**
 * Draws J = round(255 sigma Z / width), Z standard normal, exactly: a 64-bit uniform U is compared with integer cut
 * points floor(2^64 P(J <= j)). Rounding real Gaussian noise to the grid is post-processing, so a smoothing theorem
 * for the Gaussian holds for a classifier that sees only x + J.
 *
 * The 64 bits of U say on which side of a cut point a real uniform lies unless U is the cut's own floor. Such a draw
 * (and, with room to spare, one a unit away with the same upper 32 bits) is *rejected*: written as 0 and reported, to
 * be counted against the certificate.
 *
 * @see Voracek, Hein, ICLR 2023, "Sound randomized smoothing in floating-point arithmetic"
 */
export interface GridGaussian {
  readonly sigma: number;
  /**
   * Fills `out[at .. at + size)` with integers.
   * @returns true if a draw was rejected
   */
  fill(out: Float32Array, at: number, size: number, stream: StreamKey): boolean;
}

const GUIDE_BITS = 12;

/** The 64-bit uniform's rank among the cut points, or -1 within one unit of one of them. */
function resolveDraw(cuts: BigUint64Array, upper: number, lower: number): number {
  const u = (BigInt(upper) << 32n) | BigInt(lower);
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
  const high = Uint32Array.from(cuts, (cut) => Number(cut >> 32n));
  const guide = new Uint16Array(1 << GUIDE_BITS);
  for (let bucket = 0, j = 0; bucket < guide.length; bucket += 1) {
    const start = bucket * 2 ** (32 - GUIDE_BITS);
    while (j < high.length && (high[j] as number) < start) j += 1;
    guide[bucket] = j;
  }
  const words = new Uint32Array(4);
  const lowWords = new Uint32Array(4);

  return (out, at, size, stream) => {
    const state = streamState(stream);
    // The lower 32 bits of a draw are needed only when its upper 32 equal those of a cut (about once in 10^7):
    // they come from the same stream with the top counter bit set.
    const lowState = { ...state, counter3: (state.counter3 | 0x80000000) >>> 0 };
    let rejected = false;
    for (let start = 0; start < size; start += 4) {
      fillPhiloxBlock(words, 0, state, start >>> 2);
      const end = Math.min(4, size - start);
      for (let i = 0; i < end; i += 1) {
        const word = words[i] as number;
        let rank = guide[word >>> (32 - GUIDE_BITS)] as number;
        while (rank < high.length && word > (high[rank] as number)) rank += 1;
        if (rank < high.length && word === high[rank]) {
          fillPhiloxBlock(lowWords, 0, lowState, start >>> 2);
          rank = resolveDraw(cuts, word, lowWords[i] as number);
          if (rank < 0) {
            rejected = true;
            rank = limit;
          }
        }
        out[at + start + i] = rank - limit;
      }
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
