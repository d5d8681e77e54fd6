// The noise kernels, in AssemblyScript: philox.ts, box-muller.ts and grid-table.ts four blocks at a time, with the same
// operations in the same order, so that every bit is the same. No relaxed SIMD: its results depend on the machine.
// Memory belongs to the caller; a group is 4 Philox blocks, 16 values, 64 bytes.

const M0: i32 = 0xd2511f53;
const M1: i32 = 0xcd9e8d57;
const W0: i32 = 0x9e3779b9;
const W1: i32 = 0xbb67ae85;

const TWO_TO_MINUS_16: f32 = 1.0 / 65536.0;
const TWO_TO_MINUS_24: f32 = 1.0 / 16777216.0;
const TWO_TO_MINUS_32: f32 = 1.0 / 4294967296.0;
const TWO_TO_MINUS_33: f32 = 1.0 / 8589934592.0;

/** Writes the words of blocks `block` .. `block + 3`: word i of the four blocks at `at + 16 i`. */
function writeBlocks(
  at: usize,
  block: i32,
  key0: i32,
  key1: i32,
  counter1: i32,
  counter2: i32,
  counter3: i32,
): void {
  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  let k0 = i32x4.splat(key0);
  let k1 = i32x4.splat(key1);
  let c0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(counter1);
  let c2 = i32x4.splat(counter2);
  let c3 = i32x4.splat(counter3);
  for (let round = 0; round < 10; round++) {
    const a = i64x2.extmul_low_i32x4_u(c0, m0);
    const b = i64x2.extmul_high_i32x4_u(c0, m0);
    const c = i64x2.extmul_low_i32x4_u(c2, m1);
    const d = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(v128.xor(v128.shuffle<u32>(c, d, 1, 3, 5, 7), c1), k0);
    c2 = v128.xor(v128.xor(v128.shuffle<u32>(a, b, 1, 3, 5, 7), c3), k1);
    c1 = v128.shuffle<u32>(c, d, 0, 2, 4, 6);
    c3 = v128.shuffle<u32>(a, b, 0, 2, 4, 6);
    k0 = i32x4.add(k0, i32x4.splat(W0));
    k1 = i32x4.add(k1, i32x4.splat(W1));
  }
  v128.store(at, c0);
  v128.store(at, c1, 16);
  v128.store(at, c2, 32);
  v128.store(at, c3, 48);
}

/** Transposes the 4 x 4 words at `at`: from word by word to block by block. */
function transpose(at: usize): void {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const ab0 = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<u64>(ab0, cd0, 0, 2));
  v128.store(at, v128.shuffle<u64>(ab0, cd0, 1, 3), 16);
  v128.store(at, v128.shuffle<u64>(ab1, cd1, 0, 2), 32);
  v128.store(at, v128.shuffle<u64>(ab1, cd1, 1, 3), 48);
}

/** `sum * x + coefficient`, rounded twice. */
function step(sum: v128, x: v128, coefficient: f32): v128 {
  return f32x4.add(f32x4.mul(sum, x), f32x4.splat(coefficient));
}

/** sqrt(-2 log((word + 1/2) / 2^32)). */
function radius(word: v128): v128 {
  // The sum of the two halves is the only rounding, as in the twin's single rounding of (word + 1/2) / 2^32.
  const upper = f32x4.convert_i32x4_s(i32x4.shr_u(word, 16));
  const lower = f32x4.convert_i32x4_s(v128.and(word, i32x4.splat(0xffff)));
  const high = f32x4.mul(upper, f32x4.splat(TWO_TO_MINUS_16));
  const low = f32x4.mul(lower, f32x4.splat(TWO_TO_MINUS_32));
  const u = f32x4.add(high, f32x4.add(low, f32x4.splat(TWO_TO_MINUS_33)));

  const half = v128.or(v128.and(u, i32x4.splat(0x7fffff)), i32x4.splat(0x3f000000));
  const isSmall = f32x4.lt(half, f32x4.splat(0.7071067811865476));
  const mantissa = f32x4.add(half, v128.and(half, isSmall));
  const exponent = f32x4.convert_i32x4_s(
    i32x4.add(i32x4.sub(i32x4.shr_u(u, 23), i32x4.splat(126)), isSmall),
  );
  const f = f32x4.sub(mantissa, f32x4.splat(1));
  const square = f32x4.mul(f, f);
  let y = f32x4.splat(7.0376836292e-2);
  y = step(y, f, -1.151461031e-1);
  y = step(y, f, 1.167699874e-1);
  y = step(y, f, -1.2420140846e-1);
  y = step(y, f, 1.4249322787e-1);
  y = step(y, f, -1.6668057665e-1);
  y = step(y, f, 2.0000714765e-1);
  y = step(y, f, -2.4999993993e-1);
  y = step(y, f, 3.3333331174e-1);
  y = f32x4.mul(f32x4.mul(y, f), square);
  y = f32x4.add(y, f32x4.mul(exponent, f32x4.splat(-2.1219444e-4)));
  y = f32x4.sub(y, f32x4.mul(f32x4.splat(0.5), square));
  const log = f32x4.add(f32x4.add(f, y), f32x4.mul(exponent, f32x4.splat(0.693359375)));
  return f32x4.sqrt(f32x4.mul(f32x4.splat(-2), log));
}

/** Turns the pairs of words at `at` and `at + 16` into pairs of normals. */
function writePairs(at: usize): void {
  const r = radius(v128.load(at));
  const word = v128.load(at, 16);
  const one = i32x4.splat(1);
  const quadrant = i32x4.shr_u(i32x4.add(i32x4.shr_u(word, 29), one), 1);
  const turn = f32x4.mul(
    f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(word, 8), i32x4.shl(quadrant, 22))),
    f32x4.splat(TWO_TO_MINUS_24),
  );
  const angle = f32x4.mul(turn, f32x4.splat(6.2831855));
  const square = f32x4.mul(angle, angle);

  let s = f32x4.splat(-1.9515295891e-4);
  s = step(s, square, 8.3321608736e-3);
  s = step(s, square, -1.6666654611e-1);
  const sin = f32x4.add(angle, f32x4.mul(f32x4.mul(s, square), angle));
  let c = f32x4.splat(2.443315711809948e-5);
  c = step(c, square, -1.388731625493765e-3);
  c = step(c, square, 4.166664568298827e-2);
  const cos = f32x4.add(
    f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.splat(0.5), square)),
    f32x4.mul(c, f32x4.mul(square, square)),
  );

  // Quadrants 1 and 3 exchange sine and cosine; x is negative in 1 and 2, y in 2 and 3.
  const isOdd = i32x4.eq(v128.and(quadrant, one), one);
  const two = i32x4.splat(2);
  const signX = i32x4.shl(v128.and(i32x4.add(quadrant, one), two), 30);
  const signY = i32x4.shl(v128.and(quadrant, two), 30);
  const x = v128.xor(v128.bitselect(sin, cos, isOdd), signX);
  const y = v128.xor(v128.bitselect(cos, sin, isOdd), signY);
  v128.store(at, f32x4.mul(r, x));
  v128.store(at, f32x4.mul(r, y), 16);
}

/** Writes `groups` groups of Philox words from `block` on to `out`. */
export function fillWords(
  out: usize,
  groups: i32,
  block: i32,
  key0: i32,
  key1: i32,
  counter1: i32,
  counter2: i32,
  counter3: i32,
): void {
  for (let group = 0; group < groups; group++, out += 64) {
    writeBlocks(out, block + 4 * group, key0, key1, counter1, counter2, counter3);
    transpose(out);
  }
}

/** Writes `groups` groups of standard normals from `block` on to `out`. */
export function fillNormals(
  out: usize,
  groups: i32,
  block: i32,
  key0: i32,
  key1: i32,
  counter1: i32,
  counter2: i32,
  counter3: i32,
): void {
  for (let group = 0; group < groups; group++, out += 64) {
    writeBlocks(out, block + 4 * group, key0, key1, counter1, counter2, counter3);
    writePairs(out);
    writePairs(out + 32);
    transpose(out);
  }
}

/**
 * Writes `groups` groups of grid draws from `block` on to `out`, NaN where the word is one of the table's edges.
 * @returns the number of NaNs
 */
export function fillGrid(
  out: usize,
  groups: i32,
  block: i32,
  key0: i32,
  key1: i32,
  counter1: i32,
  counter2: i32,
  counter3: i32,
  guide: usize,
  edges: usize,
  values: usize,
): i32 {
  let undecided = 0;
  for (let group = 0; group < groups; group++) {
    writeBlocks(out, block + 4 * group, key0, key1, counter1, counter2, counter3);
    transpose(out);
    for (const end = out + 64; out < end; out += 4) {
      const word = load<u32>(out);
      // Offsets in bytes. Most buckets of the guide hold one edge or none: a first step without a branch.
      let offset = load<u32>(guide + ((word >>> 20) << 2)) << 2;
      offset += u32(word > load<u32>(edges + offset)) << 2;
      let edge = load<u32>(edges + offset);
      while (word > edge) {
        offset += 4;
        edge = load<u32>(edges + offset);
      }
      if (word === edge) {
        store<f32>(out, NaN);
        undecided++;
      } else {
        store<f32>(out, load<f32>(values + offset));
      }
    }
  }
  return undecided;
}
