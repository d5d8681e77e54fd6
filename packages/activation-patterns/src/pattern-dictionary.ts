import { fillWords, FloatpathError } from '@floatpath/core';
import type { PatternLayout } from './layout.js';
import { patternBytes, type Pattern } from './pattern.js';

/** The distinct patterns of a stream of inputs, and how often each was seen. */
export interface PatternDictionary {
  /** @throws {FloatpathError} `shape-mismatch` for a pattern of another network */
  add(pattern: Pattern): void;
  /** Patterns added. */
  readonly inputs: number;
  readonly distinct: number;
  /** How often the pattern was seen. */
  countOf(pattern: Pattern): number;
  /** Counts of the distinct patterns, greatest first. */
  counts(): number[];
}

/** 32-bit words of a hash. */
const WORDS = 4;

/**
 * Counts distinct patterns by a 128-bit hash, so that memory grows with the number of distinct patterns and not with their length.
 *
 * The hash is linear over bits: the exclusive or of one random 128-bit number per set bit, drawn from `seed`. Two patterns
 * that were not chosen by looking at the seed collide with probability 2^-128, so all of n distinct ones are told
 * apart with probability at least 1 - n^2 / 2^129: for a million patterns 1 - 1.5e-27.
 *
 * @see Carter, Wegman 1979, Universal classes of hash functions (the class H3)
 */
export function createPatternDictionary(
  layout: PatternLayout,
  { seed }: { readonly seed: number },
): PatternDictionary {
  const bytes = patternBytes(layout);
  const table = new Uint32Array(8 * bytes * WORDS);
  fillWords(table, { seed, purpose: 'calibration', image: 0, draw: 0 });
  const seen = new Map<string, number>();
  let inputs = 0;
  const keyOf = (pattern: Pattern): string => {
    if (pattern.length !== bytes) {
      throw new FloatpathError(
        'shape-mismatch',
        `pattern dictionary: expected a pattern of ${bytes} bytes, got ${pattern.length}; patterns of different networks cannot be counted together`,
      );
    }
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let at = 0; at < bytes; at += 1) {
      for (let rest = pattern[at] as number, bit = 0; rest !== 0; rest >>>= 1, bit += 1) {
        if ((rest & 1) === 0) continue;
        const word = (8 * at + bit) * WORDS;
        a ^= table[word] as number;
        b ^= table[word + 1] as number;
        c ^= table[word + 2] as number;
        d ^= table[word + 3] as number;
      }
    }
    return String.fromCharCode(...[a, b, c, d].flatMap((w) => [w >>> 16, w & 0xffff]));
  };
  return {
    add(pattern) {
      const key = keyOf(pattern);
      seen.set(key, (seen.get(key) ?? 0) + 1);
      inputs += 1;
    },
    get inputs() {
      return inputs;
    },
    get distinct() {
      return seen.size;
    },
    countOf: (pattern) => seen.get(keyOf(pattern)) ?? 0,
    counts: () => [...seen.values()].sort((x, y) => y - x),
  };
}
