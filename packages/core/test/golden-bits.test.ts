import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  fillNormal,
  fillWords,
  gridGaussian,
  gridGaussianCuts,
  type StreamKey,
} from '../src/index.js';

interface Bits {
  readonly stream: StreamKey;
  readonly first: readonly string[];
  readonly sha256: string;
}

interface Golden {
  readonly count: number;
  readonly words: readonly Bits[];
  readonly normals: readonly Bits[];
  readonly grid: readonly {
    readonly stream: StreamKey;
    readonly sigma: number;
    readonly width: number;
    readonly first: readonly number[];
    readonly sha256: string;
  }[];
  readonly cuts: readonly {
    readonly sigma: number;
    readonly width: number;
    readonly rows: readonly { readonly j: number; readonly floor2p64: string }[];
  }[];
}

// Python writes infinities that JSON does not have; no value read here is one.
const read = (url: URL): unknown =>
  JSON.parse(readFileSync(url, 'utf8').replaceAll(/-?Infinity/g, 'null'));
const golden = read(new URL('golden/random-bits.json', import.meta.url)) as Golden;
const sha256 = (data: NodeJS.ArrayBufferView): string =>
  createHash('sha256').update(data).digest('hex');
const hex = (words: Uint32Array): string[] =>
  Array.from(words, (word) => word.toString(16).padStart(8, '0'));

test.each(golden.words)('words of $stream', ({ stream, first, sha256: digest }) => {
  const words = new Uint32Array(golden.count);
  fillWords(words, stream);
  expect(hex(words.subarray(0, first.length))).toEqual(first);
  expect(sha256(words)).toBe(digest);
});

test.each(golden.normals)(
  'float32 bits of normals of $stream',
  ({ stream, first, sha256: digest }) => {
    const normals = new Float32Array(golden.count);
    fillNormal(normals, 0, golden.count, stream);
    expect(hex(new Uint32Array(normals.buffer, 0, first.length))).toEqual(first);
    expect(sha256(normals)).toBe(digest);
  },
);

test.each(golden.grid)('grid noise of sigma $sigma over width $width', (known) => {
  const values = new Float32Array(golden.count);
  const rejected = gridGaussian(known.sigma, known.width).fill(
    values,
    0,
    golden.count,
    known.stream,
  );
  expect(rejected).toBe(false);
  expect([...values.subarray(0, known.first.length)]).toEqual(known.first);
  expect(sha256(Int16Array.from(values))).toBe(known.sha256);
});

/** The largest cut of the table's 64 bits; the oracles round P to 1 where it is within their precision of it. */
const largest = 2n ** 64n - 1n;
const expectedCut = (text: string): string => (BigInt(text) > largest ? String(largest) : text);

/** The cut at j; beyond the table P(J <= j) is within 2^-65 of 0 or 1. */
function cutAt(table: ReturnType<typeof gridGaussianCuts>, j: number): bigint {
  return table.cuts[table.limit + j] ?? (j < 0 ? 0n : largest);
}

test.each(golden.cuts)('cut points of sigma $sigma over width $width', ({ sigma, width, rows }) => {
  const table = gridGaussianCuts(sigma, width);
  for (const { j, floor2p64 } of rows) {
    expect([j, String(cutAt(table, j))]).toEqual([j, expectedCut(floor2p64)]);
  }
});

const shared = new URL('../../../../shared/golden/smoothing.json', import.meta.url);

test.skipIf(!existsSync(shared))(
  'cut points of the published tables (skipped without ../shared)',
  () => {
    const { integerNoise } = read(shared) as {
      integerNoise: {
        tables: { sigma: string; rows: { j: number; floor2p64: string }[] }[];
      };
    };
    expect(integerNoise.tables.length).toBeGreaterThan(0);
    for (const { sigma, rows } of integerNoise.tables) {
      const table = gridGaussianCuts(Number(sigma));
      for (const { j, floor2p64 } of rows) {
        expect([sigma, j, String(cutAt(table, j))]).toEqual([sigma, j, expectedCut(floor2p64)]);
      }
    }
  },
);
