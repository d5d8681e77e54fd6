import { describe, expect, it } from 'vitest';
import { fillWords, type Norm, type StreamKey } from '@floatpath/core';
import { square } from '../src/index.js';
import { lanes } from '../src/lanes.js';
import {
  gapOf,
  looksOf,
  lossesOf,
  networkOf,
  readGolden,
  type GoldenNetwork,
} from './golden-curves.js';

interface Suite {
  readonly network: GoldenNetwork;
  readonly settings: {
    readonly shape: number[];
    readonly queries: number;
    readonly firstShare: number;
    readonly seed: number;
  };
  readonly cases: readonly {
    readonly norm: Norm;
    readonly epsilon: number;
    readonly image: number;
    readonly x: number[];
    readonly label: number;
    readonly startWords: number[];
    readonly stepWords: number[][];
    readonly loss: number[];
  }[];
}

const suite = readGolden<Suite>('square-curves.json');
const { shape, seed, queries, firstShare } = suite.settings;
const network = networkOf(suite.network, shape);
const looksAt = (at: Suite['cases'][number], ownSeed = seed) =>
  looksOf(square({ queries, firstShare }), network, {
    ...at,
    seed: ownSeed,
    region: { kind: 'ball', norm: at.norm, epsilon: at.epsilon },
  });

/** Points are rounded to float32 at every step, 2^-24 of at most 1, against slopes below 10. */
const TOLERANCE = 1e-4;

describe.each(suite.cases.map((at, index) => ({ at, index, norm: at.norm })))(
  'square $norm, case $index',
  ({ at }) => {
    it('has the random words of its streams', () => {
      const wordsOf = (draw: number, lane: number, count: number): number[] => {
        const stream: StreamKey = { seed, purpose: 'attack', image: at.image, draw, lane };
        const words = new Uint32Array(count);
        fillWords(words, stream);
        return [...words];
      };
      expect(at.startWords).toEqual(wordsOf(0, lanes.squareStart, at.startWords.length));
      at.stepWords.forEach((words, step) => {
        expect(words).toEqual(wordsOf(step + 1, lanes.squareStep, words.length));
      });
    });

    it('looks where the independent implementation does', async () => {
      const { looks } = await looksAt(at);
      expect(looks.length).toBe(at.loss.length);
      expect(gapOf(lossesOf(looks), at.loss)).toBeLessThan(TOLERANCE);
    });

    it('the comparison notices other random words', async () => {
      const { looks } = await looksAt(at, seed + 1);
      expect(gapOf(lossesOf(looks), at.loss)).toBeGreaterThan(10 * TOLERANCE);
    });
  },
);
