import { requireArgument } from '../errors.js';
import { GRID_STEPS } from '../noise.js';
import { fillPhiloxBlock } from './philox.js';
import { streamState, type StreamKey } from './stream.js';

/**
 * Draws J = round(255 sigma Z / width), Z standard normal, exactly: a 64-bit uniform U is compared with integer cut
 * points floor(2^64 P(J <= j)). Rounding real Gaussian noise to the grid is post-processing, so a smoothing theorem
 * for the Gaussian holds for a classifier that sees only x + J.
 *
 * Each cut is computed in 320-bit integers with an error below one unit of 2^-64 (see `normalCdfCut`); a U within one
 * unit of a cut is a *rejected* draw, written as 0 and reported, to be counted against the certificate.
 *
 * @see Voracek, Hein, ICLR 2023, "Sound randomized smoothing in floating-point arithmetic"
 */
export interface GridGaussian {
  readonly sigma: number;
  /**
   * Fills `out[at .. at + size)` with integers.
   * @returns true if a draw fell within the rounding slack of a cut point
   */
  fill(out: Float32Array, at: number, size: number, stream: StreamKey): boolean;
}

const GUIDE_BITS = 12;
const FRACTION_BITS = 320n;
const ONE = 1n << FRACTION_BITS;
/** 1 / sqrt(2 pi) in 320-bit fixed point. */
const INVERSE_SQRT_2PI = ((): bigint => {
  const pi = machinPi();
  return integerSqrt((ONE * ONE * ONE) / (2n * pi));
})();

function arctanOfInverse(divisor: bigint): bigint {
  let power = ONE / divisor;
  let sum = power;
  const square = divisor * divisor;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = -power / square;
    sum += power / k;
  }
  return sum;
}

/** Machin: pi = 16 arctan(1/5) - 4 arctan(1/239). */
function machinPi(): bigint {
  return 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n);
}

function integerSqrt(value: bigint): bigint {
  let x = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + value / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** `sigma` as the decimal that it prints as, an exact fraction. */
function decimalFraction(value: number): { numerator: bigint; denominator: bigint } {
  const [mantissa = '0', exponent = '0'] = value.toString().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const power = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return power >= 0
    ? { numerator: digits * 10n ** BigInt(power), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-power) };
}

/**
 * floor(2^64 Phi(z)) for z >= 0 given as a 320-bit fixed-point number, from the Taylor series
 * Phi(z) = 1/2 + sum_k (-1)^k z^(2k+1) / (sqrt(2 pi) 2^k k! (2k+1)). For z < 10 the terms stay below 2^80 and there are fewer
 * than 600 of them, each truncated by less than 3 units of 2^-320 before the next multiplication by z^2/(2k): the sum is
 * off by less than 2^-200.
 */
function normalCdfCut(z: bigint): bigint {
  const square = (z * z) >> FRACTION_BITS;
  let term = z;
  let sum = z;
  for (let k = 1n; term !== 0n; k += 1n) {
    term = -(((term * square) >> FRACTION_BITS) / (2n * k));
    sum += term / (2n * k + 1n);
    if (term === -1n) break;
  }
  const cdf = ONE / 2n + ((sum * INVERSE_SQRT_2PI) >> FRACTION_BITS);
  return cdf >> (FRACTION_BITS - 64n);
}

/**
 * Cut points floor(2^64 P(J <= j)) for j = -limit .. limit - 1, where P(J < -limit) and P(J > limit) are below 2^-65;
 * exported for tests against published tables.
 */
export function gridGaussianCuts(
  sigma: number,
  boundsWidth = 1,
): { readonly limit: number; readonly cuts: BigUint64Array } {
  requireArgument(
    Number.isFinite(sigma) && sigma > 0,
    `gridGaussian: expected sigma a finite number above 0, got ${sigma}`,
  );
  requireArgument(
    Number.isFinite(boundsWidth) && boundsWidth > 0,
    `gridGaussian: expected bounds of positive width, got ${boundsWidth}`,
  );
  const levels = (GRID_STEPS * sigma) / boundsWidth;
  requireArgument(
    levels >= 0.01 && levels <= 2550,
    `gridGaussian: expected sigma between ${0.01 / GRID_STEPS} and 10 times the width of the bounds, got ${sigma} for width ${boundsWidth}; use float noise instead`,
  );
  const s = decimalFraction(sigma);
  const width = decimalFraction(boundsWidth);
  // P(J <= j) = Phi((2j + 1) width / (510 sigma)); 1 - Phi(9.35) < 2^-67.
  const limit = Math.ceil(9.35 * levels + 0.5);
  const cuts = new BigUint64Array(2 * limit);
  for (let j = 0; j < limit; j += 1) {
    const z =
      (BigInt(2 * j + 1) * width.numerator * s.denominator * ONE) /
      (510n * s.numerator * width.denominator);
    const cut = normalCdfCut(z);
    cuts[limit + j] = cut;
    // Symmetry: P(J <= -j - 1) = 1 - P(J <= j); within one unit of the floor, which the slack covers.
    cuts[limit - j - 1] = (1n << 64n) - cut - 1n;
  }
  return { limit, cuts };
}

/**
 * Prepares the sampler for one sigma.
 *
 * @param sigma - in input units, between 1/25500 and 10 times the width of the bounds
 * @throws {FloatpathError} `invalid-argument` outside that range
 */
export function gridGaussian(sigma: number, boundsWidth = 1): GridGaussian {
  const { limit, cuts } = gridGaussianCuts(sigma, boundsWidth);
  const high = Uint32Array.from(cuts, (cut) => Number(cut >> 32n));
  const guide = new Uint16Array(1 << GUIDE_BITS);
  for (let bucket = 0, j = 0; bucket < guide.length; bucket += 1) {
    const start = bucket * 2 ** (32 - GUIDE_BITS);
    while (j < high.length && (high[j] ?? 0) < start) j += 1;
    guide[bucket] = j;
  }
  const words = new Uint32Array(4);
  const lowWords = new Uint32Array(4);

  /** Resolves a draw whose upper word equals that of a cut: -1 if within the slack. */
  function resolve(upper: number, lower: number): number {
    const u = (BigInt(upper) << 32n) | BigInt(lower);
    let j = 0;
    for (let left = 0, right = cuts.length; ;) {
      if (left === right) {
        j = left;
        break;
      }
      const middle = (left + right) >> 1;
      if ((cuts[middle] ?? 0n) <= u) left = middle + 1;
      else right = middle;
    }
    const below = j > 0 ? u - (cuts[j - 1] ?? 0n) : 2n;
    const above = j < cuts.length ? (cuts[j] ?? 0n) - u : 2n;
    return below <= 1n || above <= 1n ? -1 : j;
  }

  return {
    sigma,
    fill(out, at, size, stream) {
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
          let j = guide[word >>> (32 - GUIDE_BITS)] as number;
          while (j < high.length && word > (high[j] as number)) j += 1;
          if (j < high.length && word === high[j]) {
            fillPhiloxBlock(lowWords, 0, lowState, start >>> 2);
            j = resolve(word, lowWords[i] as number);
            if (j < 0) {
              rejected = true;
              j = limit;
            }
          }
          out[at + start + i] = j - limit;
        }
      }
      return rejected;
    },
  };
}
