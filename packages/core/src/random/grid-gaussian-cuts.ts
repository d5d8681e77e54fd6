import { requireArgument } from '../errors.js';
import { GRID_STEPS } from '../noise.js';

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
 * floor(2^64 Phi(z)), or one beside it, for z >= 0 in 320-bit fixed point: 2^64 times the Taylor series
 * Phi(z) = 1/2 + 1/sqrt(2 pi) sum_k (-1)^k t_k / (2k+1), t_k = z^(2k+1) / (2^k k!), which is off by less than 2^-200.
 *
 * In units of 2^-320, for z < 10: the terms stay below z exp(z^2/2) < 2^76 ONE. Truncating z^2 by a unit moves the sum by
 * less than z exp(z^2/2) = 2^76 units. Beyond that t_k is t_(k-1) z^2 / (2k), off by less than 2 units; later terms
 * multiply this by (z^2/2)^i / i! at most, so each truncation moves the sum by less than 2 exp(50) < 2^74 units. From k = 100
 * on a term is at most half the one before plus 1/200 of a unit, and becomes 0 before k = 100 + 76 + 320 + 2 < 2^9.
 * In all less than 2^84 units; 1/sqrt(2 pi), to 2^12 units, adds next to nothing.
 *
 * From z = 10 on 1 - Phi(z) < 2^-76, and the series, which would lose its digits, is not needed.
 */
function normalCdfCut(z: bigint): bigint {
  if (z >= 10n * ONE) return (1n << 64n) - 1n;
  const square = (z * z) >> FRACTION_BITS;
  let term = z;
  let sum = z;
  for (let k = 1n; term !== 0n; k += 1n) {
    term = -(((term * square) >> FRACTION_BITS) / (2n * k));
    sum += term / (2n * k + 1n);
  }
  const cdf = ONE / 2n + ((sum * INVERSE_SQRT_2PI) >> FRACTION_BITS);
  return cdf >> (FRACTION_BITS - 64n);
}

/**
 * Cut points floor(2^64 P(J <= j)) for j = -limit .. limit - 1 of J = round(255 sigma Z / width), where P(J < -limit)
 * and P(J > limit) are below 2^-65. `sigma` and the width are read as the decimals that they print as.
 *
 * @throws {FloatpathError} `invalid-argument` for sigma outside 1/25500 to 10 times the width of the bounds
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
    // Symmetry: P(J <= -j - 1) = 1 - P(J <= j); like `cut` within one unit of the floor, which the slack covers.
    cuts[limit - j - 1] = (1n << 64n) - cut - 1n;
  }
  return { limit, cuts };
}
