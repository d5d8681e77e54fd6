/**
 * Philox4x32-10, a counter-based generator: the bits are a pure function of (key, counter), so any batch split,
 * order or worker draws the same ones.
 *
 * @see Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"
 */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** High 32 bits of the 64-bit product, by 16-bit halves; every partial sum stays below 2^32. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle1 = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const middle2 = (Math.imul(aLow, bHigh) + (middle1 & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle1 >>> 16) + (middle2 >>> 16)) | 0;
}

/** A Philox key and the upper three counter words; the lowest word counts blocks of four outputs. */
export interface PhiloxState {
  readonly key0: number;
  readonly key1: number;
  readonly counter1: number;
  readonly counter2: number;
  readonly counter3: number;
}

/** Writes the four 32-bit words of `block` to `out[at .. at + 3]`. */
export function fillPhiloxBlock(
  out: Uint32Array,
  at: number,
  state: PhiloxState,
  block: number,
): void {
  let c0 = block >>> 0;
  let c1 = state.counter1;
  let c2 = state.counter2;
  let c3 = state.counter3;
  let k0 = state.key0;
  let k1 = state.key1;
  for (let round = 0; round < ROUNDS; round += 1) {
    const high0 = multiplyHigh(M0, c0);
    const low0 = Math.imul(M0, c0);
    const high1 = multiplyHigh(M1, c2);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** Fills `out` with the words of blocks 0, 1, ... */
export function fillWordsTwin(out: Uint32Array, state: PhiloxState): void {
  const whole = out.length & ~3;
  for (let at = 0; at < whole; at += 4) fillPhiloxBlock(out, at, state, at >>> 2);
  if (whole < out.length) {
    const last = new Uint32Array(4);
    fillPhiloxBlock(last, 0, state, whole >>> 2);
    out.set(last.subarray(0, out.length - whole), whole);
  }
}
