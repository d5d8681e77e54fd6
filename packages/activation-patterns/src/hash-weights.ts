import { fillWords, FloatpathError } from '@floatpath/core';
import type { GateLayout, PatternLayout } from './layout.js';

/** The integers by which the selections of one gate are summed, once per word of a key. */
export interface HashWeights {
  readonly words: number;
  /** `[units, words]` */
  readonly values: Float32Array;
}

/** float32 holds every integer up to here, so that sums below it are exact in any order. */
const EXACT = 2 ** 24;
/** Patterns that differ have one key with probability 2^-KEY_BITS at most. */
const KEY_BITS = 128;

/**
 * Weights of every gate of a layout: uniform in [-2^(b-1), 2^(b-1)), b the greatest for which no sum of a gate's selections,
 * each below `pieces`, leaves [-2^24, 2^24]; ceil(128 / b) words.
 *
 * @throws {FloatpathError} `unsupported-op` for a gate of more than 2^24 units times further pieces
 */
export function hashWeights(layout: PatternLayout, seed: number): readonly HashWeights[] {
  return layout.gates.map((gate, number) => {
    const bits = weightBits(gate);
    const words = Math.ceil(KEY_BITS / bits);
    const drawn = new Uint32Array(gate.units * words);
    fillWords(drawn, { seed, purpose: 'calibration', image: 0, draw: number, lane: 1 });
    const values = Float32Array.from(drawn, (word) => (word >>> (32 - bits)) - 2 ** (bits - 1));
    return { words, values };
  });
}

function weightBits({ name, units, pieces }: GateLayout): number {
  const most = Math.max(1, units * (pieces - 1));
  const bits = 32 - Math.clz32(EXACT / most);
  if (bits > 0) return bits;
  throw new FloatpathError(
    'unsupported-op',
    `pattern hasher: expected at most ${EXACT} units times further pieces, got ${most} at node "${name}"; observe its patterns instead`,
  );
}

/** Adds the selections of one gate to a key, word by word modulo 2^32. */
export function addSelections(
  key: Int32Array,
  { words, values }: HashWeights,
  selections: Uint16Array,
): void {
  selections.forEach((piece, unit) => {
    if (piece === 0) return;
    for (let word = 0; word < words; word += 1) {
      key[word]! += piece * (values[unit * words + word] as number);
    }
  });
}

/** Adds what an engine has summed over one gate at row `row`. @throws {FloatpathError} `engine-failed` */
export function addSums(
  key: Int32Array,
  { words }: HashWeights,
  sums: ArrayLike<unknown>,
  row: number,
): void {
  for (let word = 0; word < words; word += 1) {
    const sum = Number(sums[row * words + word]);
    if (!Number.isInteger(sum)) {
      throw new FloatpathError(
        'engine-failed',
        `pattern hasher: expected sums of integers, got ${sum}; this engine does not compute in float32`,
      );
    }
    key[word]! += sum;
  }
}
