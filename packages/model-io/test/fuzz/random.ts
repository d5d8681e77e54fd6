import { fillWords } from '@floatpath/core';

/** Draws of one mutation: a function of seed and number alone, so that a finding can be repeated. */
export interface Random {
  /** A whole number from 0 to `count` - 1. */
  below(count: number): number;
  pick<T>(choices: readonly T[]): T;
  /** True once in `count`. */
  once(count: number): boolean;
}

const WORDS = 64;

export function randomOf(seed: number, number: number): Random {
  const words = new Uint32Array(WORDS);
  let used = WORDS;
  let draw = 0;
  const below = (count: number): number => {
    if (used === WORDS) {
      fillWords(words, { seed, purpose: 'attack', image: number, draw });
      draw += 1;
      used = 0;
    }
    const word = words[used] as number;
    used += 1;
    return Math.floor((word / 2 ** 32) * count);
  };
  return {
    below,
    pick: (choices) => choices[below(choices.length)] as (typeof choices)[number],
    once: (count) => below(count) === 0,
  };
}
