import { fillPhiloxBlock, type PhiloxState } from './philox.js';

/**
 * Standard normals by Box-Muller in float32-rounded operations only (+ - * / sqrt, all correctly rounded by IEEE 754),
 * so that every JavaScript engine and a WASM kernel give the same bits. Not sound for certificates: `arithmetic: 'float'`.
 */
const round = Math.fround;
const TWO_PI = round(6.2831855);
const SQRT_HALF = round(Math.SQRT1_2);
const LN2_HIGH = round(0.693359375);
const LN2_LOW = round(-2.1219444e-4);

// log(1 + f), f in [sqrt(1/2) - 1, sqrt(2) - 1]: minimax coefficients of the Cephes logf routine.
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(round);
// sin and cos on [-pi/4, pi/4]: Cephes sinf, cosf.
const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(round);
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(round);

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0] as number;
  for (let i = 1; i < coefficients.length; i += 1)
    sum = round(round(sum * x) + (coefficients[i] as number));
  return sum;
}

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);

/**
 * Natural logarithm of a positive normal float32 in (0, 1], to 1e-7 absolute plus 2 ulp. With value = m 2^e, m in
 * [1/2, 1), doubled if below sqrt(1/2), and f = m - 1: log1p(f) by the polynomial, plus e ln 2 in two parts.
 */
function logFloat32(value: number): number {
  asFloat[0] = value;
  const word = bits[0] as number;
  let exponent = (word >>> 23) - 126;
  bits[0] = (word & 0x7fffff) | 0x3f000000;
  let mantissa = asFloat[0];
  if (mantissa < SQRT_HALF) {
    exponent -= 1;
    mantissa = round(mantissa + mantissa);
  }
  const f = round(mantissa - 1);
  const square = round(f * f);
  let y = round(round(polynomial(LOG, f) * f) * square);
  y = round(y + round(exponent * LN2_LOW));
  y = round(y - round(0.5 * square));
  return round(round(f + y) + round(exponent * LN2_HIGH));
}

/**
 * Two independent standard normals from two 32-bit words, written to `out[at]` and `out[at + 1]`.
 * The radius uses (word0 + 1/2) / 2^32 rounded to float32; the angle the upper 24 bits of word1, split into an
 * exact octant and a remainder.
 */
function writePair(out: Float32Array, at: number, word0: number, word1: number): void {
  const u = round((word0 + 0.5) * 2 ** -32);
  const radius = round(Math.sqrt(round(-2 * logFloat32(u))));
  const quadrant = ((word1 >>> 29) + 1) >>> 1;
  // Turn in [-1/8, 1/8): exact, as a multiple of 2^-24.
  const turn = round((((word1 >>> 8) - (quadrant << 22)) | 0) * 2 ** -24);
  const angle = round(turn * TWO_PI);
  const square = round(angle * angle);
  const sin = round(angle + round(round(polynomial(SIN, square) * square) * angle));
  const cos = round(
    round(1 - round(0.5 * square)) + round(polynomial(COS, square) * round(square * square)),
  );
  const q = quadrant & 3;
  const x = q === 0 ? cos : q === 1 ? -sin : q === 2 ? -cos : sin;
  const y = q === 0 ? sin : q === 1 ? cos : q === 2 ? -sin : -cos;
  out[at] = round(radius * x);
  out[at + 1] = round(radius * y);
}

/**
 * Fills `out[at .. at + size)` with the stream's standard normals; each Philox block of four words gives four.
 * None is beyond 6.77 in absolute value, the radius of the smallest uniform 2^-33.
 */
export function fillNormalTwin(
  out: Float32Array,
  at: number,
  size: number,
  state: PhiloxState,
): void {
  const words = new Uint32Array(4);
  const pair = new Float32Array(4);
  for (let start = 0; start < size; start += 4) {
    fillPhiloxBlock(words, 0, state, start >>> 2);
    writePair(pair, 0, words[0] as number, words[1] as number);
    writePair(pair, 2, words[2] as number, words[3] as number);
    const end = Math.min(4, size - start);
    for (let i = 0; i < end; i += 1) out[at + start + i] = pair[i] as number;
  }
}
