import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gridGaussian, sampleByCuts } from './grid-gaussian.js';
import { gridTable, type GridTable } from './grid-table.js';
import { fillPhiloxBlock } from './philox.js';
import { streamState, type StreamKey } from './stream.js';

const top = (1n << 64n) - 1n;
const limit = 7;

/** 64-bit integers, many of them within two units of a multiple of 2^32. */
const integers = fc.oneof(
  fc.bigInt({ min: 0n, max: top }),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 1n << 32n }), fc.bigInt({ min: -2n, max: 2n }))
    .map(([word, offset]) => (word << 32n) + offset)
    .filter((value) => value >= 0n && value <= top),
);
const ascending = (values: readonly bigint[]): BigUint64Array => BigUint64Array.from(values).sort();

/** What the table says of an upper word: a value, or undefined where it is an edge. */
function decide({ edges, values }: Omit<GridTable, 'guide'>, word: number): number | undefined {
  const p = edges.findIndex((edge) => word <= edge);
  return edges[p] === word ? undefined : values[p];
}

/** True if the table's verdict on u is none, or right with u two units or more from every cut. */
function holds(table: Omit<GridTable, 'guide'>, cuts: BigUint64Array, u: bigint): boolean {
  const value = decide(table, Number(u >> 32n));
  if (value === undefined) return true;
  const rank = cuts.filter((cut) => cut <= u).length;
  return value === rank - limit && cuts.every((cut) => u - cut > 1n || cut - u > 1n);
}

test('a word decides only where no uniform with it is within a unit of a cut', () => {
  fc.assert(
    fc.property(fc.array(integers, { maxLength: 8 }), integers, (values, any) => {
      const cuts = ascending(values);
      const table = gridTable(limit, cuts);
      const nearby = values.flatMap((cut) => [cut - 2n, cut - 1n, cut, cut + 1n, cut + 2n]);
      for (const u of [any, ...nearby]) {
        if (u >= 0n && u <= top) expect([u, holds(table, cuts, u)]).toEqual([u, true]);
      }
    }),
  );
});

test.each([
  ['above', 5n << 32n, (5n << 32n) - 1n],
  ['below', (5n << 32n) - 1n, 5n << 32n],
])('control: a table of the upper words alone misses the cut one unit %s', (_, cut, u) => {
  const cuts = BigUint64Array.of(cut);
  const edges = Uint32Array.of(Number(cut >> 32n), 0xffffffff);
  const naive = { edges, values: Float32Array.of(-limit, 1 - limit) };
  expect(holds(naive, cuts, u)).toBe(false);
  expect(holds(gridTable(limit, cuts), cuts, u)).toBe(true);
});

const stream: StreamKey = { seed: 2 ** 40 + 3, purpose: 'estimation', image: 1, draw: 2 };
const size = 64;
/** The uniforms of the stream: upper words, and lower words with the top counter bit set. */
const uniforms = Array.from({ length: size }, (_, i) => {
  const state = streamState(stream);
  const [upper, lower] = [new Uint32Array(4), new Uint32Array(4)];
  fillPhiloxBlock(upper, 0, state, i >> 2);
  fillPhiloxBlock(lower, 0, { ...state, counter3: state.counter3 + 2 ** 31 }, i >> 2);
  return (BigInt(upper[i & 3] as number) << 32n) | BigInt(lower[i & 3] as number);
});

test('a sampler writes the rank of every uniform, for cuts anywhere', () => {
  const nearADraw = fc
    .tuple(fc.constantFrom(...uniforms), fc.integer({ min: -3, max: 3 }), fc.boolean())
    .map(([u, offset, whole]) =>
      whole ? ((u >> 32n) + BigInt(offset)) << 32n : u + BigInt(offset),
    )
    .filter((value) => value >= 0n && value <= top);
  const cutLists = fc.array(fc.oneof(integers, nearADraw), { maxLength: 60 });
  fc.assert(
    fc.property(cutLists, (values) => {
      const cuts = ascending(values);
      const out = new Float32Array(size);
      const rejected = sampleByCuts(limit, cuts)(out, 0, size, stream);
      const isClose = (u: bigint): boolean => cuts.some((cut) => u - cut <= 1n && cut - u <= 1n);
      expect([...out]).toEqual(
        uniforms.map((u) => (isClose(u) ? 0 : cuts.filter((cut) => cut <= u).length - limit)),
      );
      expect(rejected).toBe(uniforms.some(isClose));
    }),
  );
});

test.each([
  [0, 9],
  [-1, 2],
  [0.5, 2],
  [4, 5],
  [0, NaN],
])('at %d and size %d, outside 8 values, are refused', (at, size) => {
  expect(() => gridGaussian(0.25).fill(new Float32Array(8), at, size, stream)).toThrow(
    'gridGaussian.fill: expected at and size within the 8 values of out',
  );
});
