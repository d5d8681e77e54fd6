import { expect, it } from 'vitest';
import { addSelections, addSums, hashWeights, type HashWeights } from './hash-weights.js';
import type { PatternLayout } from './layout.js';

/** A layout of gates of (units, pieces). */
function layoutOf(...gates: readonly (readonly [number, number])[]): PatternLayout {
  let start = 0;
  const placed = gates.map(([units, pieces], i) => {
    const gate = { name: `gate${i}`, rowShape: [units], start, units, pieces };
    start += units;
    return gate;
  });
  return { gates: placed, units: start };
}

function keyWith(weights: readonly HashWeights[], layout: PatternLayout, selections: Uint16Array) {
  const key = new Int32Array(Math.max(...weights.map(({ words }) => words)));
  layout.gates.forEach(({ start, units }, i) =>
    addSelections(key, weights[i] as HashWeights, selections.subarray(start, start + units)),
  );
  return key;
}

/** Piece numbers without pattern. */
const somePieces = (layout: PatternLayout): Uint16Array =>
  Uint16Array.from(
    layout.gates.flatMap(({ start, units, pieces }) =>
      Array.from({ length: units }, (_, i) => ((start + i) * 7919 + 13) % pieces),
    ),
  );

/** Units of which a key does not see that they select another piece. */
function unseenUnits(layout: PatternLayout, weights: readonly HashWeights[]): number[] {
  const selections = somePieces(layout);
  const own = keyWith(weights, layout, selections).join();
  return layout.gates.flatMap(({ start, units, pieces }) =>
    Array.from({ length: units }, (_, i) => start + i).filter((unit) => {
      const other = selections.slice();
      other[unit] = ((other[unit] as number) + 1) % pieces;
      return keyWith(weights, layout, other).join() === own;
    }),
  );
}

const layout = layoutOf([600, 2], [400, 9], [100, 2], [1, 3]);

it.each([
  [1, 2],
  [100, 2],
  [3136, 2],
  [400, 9],
  [64, 65_536],
  [256, 65_536],
])(
  'sums over %i units of %i pieces stay within 2^24, with 128 bits of weights',
  (units, pieces) => {
    const [{ words, values }] = hashWeights(layoutOf([units, pieces]), 3) as [HashWeights];
    let range = 1;
    while (units * (pieces - 1) * range <= 2 ** 24) range *= 2;
    // Weights in [-range / 2, range / 2).
    expect(range ** words).toBeGreaterThanOrEqual(2 ** 128);
    expect(values).toHaveLength(units * words);
    expect(values.every((v) => Number.isInteger(v) && v >= -range / 2 && v < range / 2)).toBe(true);
    for (let word = 0; word < words; word += 1) {
      let most = 0;
      for (let unit = 0; unit < units; unit += 1) {
        most += Math.abs(values[unit * words + word] as number) * (pieces - 1);
      }
      expect(most).toBeLessThanOrEqual(2 ** 24);
    }
  },
);

it('weights are uniform', () => {
  // 64 * 65,535 * 4 < 2^24: three bits, 43 words.
  const [{ values }] = hashWeights(layoutOf([64, 65_536]), 1) as [HashWeights];
  expect(values).toHaveLength(64 * 43);
  const counts = Array.from({ length: 8 }, (_, k) => values.filter((v) => v === k - 4).length);
  // 344 expected of each, standard deviation 17.3: five of them.
  for (const count of counts) expect(Math.abs(count - 344)).toBeLessThan(87);
});

it('a key sees every single unit; one whose weights are zero is caught', () => {
  const weights = hashWeights(layout, 0);
  expect(unseenUnits(layout, weights)).toEqual([]);
  const [first, { words, values }, ...rest] = weights as [HashWeights, HashWeights];
  const broken = { words, values: values.slice().fill(0, 17 * words, 18 * words) };
  expect(unseenUnits(layout, [first, broken, ...rest])).toEqual([600 + 17]);
});

it('one word collides as often as its bits say, a key never', () => {
  const wide = layoutOf([3136, 2]);
  const weights = hashWeights(wide, 5);
  const selections = somePieces(wide);
  const keys = Array.from({ length: 1000 }, (_, unit) => {
    const other = selections.slice();
    other[unit] = 1 - (other[unit] as number);
    return keyWith(weights, wide, other);
  });
  expect(new Set(keys.map((key) => key.join())).size).toBe(1000);
  const ofWord = new Map<number, number>();
  let pairs = 0;
  for (const [word = 0] of keys) {
    pairs += ofWord.get(word) ?? 0;
    ofWord.set(word, (ofWord.get(word) ?? 0) + 1);
  }
  // 499,500 pairs of patterns that differ at two units, each with chance 2^-13: 61, standard deviation about 8.
  expect(pairs).toBeGreaterThan(20);
  expect(pairs).toBeLessThan(102);
});

it('other seeds give other keys', () => {
  const selections = somePieces(layout);
  const keys = [0, 1, 2].map((seed) => keyWith(hashWeights(layout, seed), layout, selections));
  expect(new Set(keys.map((key) => key.join())).size).toBe(3);
});

it('refuses a gate whose sums float32 cannot hold, sums that are no integers, and bad seeds', () => {
  const coded = (code: string): unknown => expect.objectContaining({ code });
  expect(() => hashWeights(layoutOf([257, 65_536]), 0)).toThrow(coded('unsupported-op'));
  const [weights] = hashWeights(layoutOf([1, 2]), 0) as [HashWeights];
  const sums = [1, 2, 3, 4, 5, Number.NaN];
  const key = new Int32Array(6);
  expect(() => addSums(key, weights, sums, 0)).toThrow(coded('engine-failed'));
  expect(() => addSums(key, weights, sums.slice(0, 5), 0)).toThrow(coded('engine-failed'));
  expect(() => hashWeights(layout, -1)).toThrow(coded('invalid-argument'));
});
