import { fillPhiloxBlock, type PhiloxState } from './philox.js';

const GUIDE_BITS = 12;
const GUIDE_SHIFT = 32 - GUIDE_BITS;
const TOP_WORD = 0xffffffff;

/**
 * What the upper 32 bits of a 64-bit uniform say about its value. A word equal to one of the ascending `edges` leaves
 * it open; every other word lies below `edges[p]`, and above the edge before, for exactly one p, and means `values[p]`.
 * `guide[word >>> GUIDE_SHIFT]` is where to start looking for p. The last edge is 2^32 - 1, which ends every search.
 */
export interface GridTable {
  readonly guide: Uint32Array;
  readonly edges: Uint32Array;
  readonly values: Float32Array;
}

/**
 * The table of ascending cut points, rank k meaning the value k - limit. Edges are the upper words of the cuts and of
 * the integers one below and above, so that a word decides only where the whole uniform is at least two from every cut.
 */
export function gridTable(limit: number, cuts: BigUint64Array): GridTable {
  const words = new Set([TOP_WORD]);
  for (const cut of cuts) {
    for (const near of [cut - 1n, cut, cut + 1n]) {
      if (near >= 0n && near >> 64n === 0n) words.add(Number(near >> 32n));
    }
  }
  const edges = Uint32Array.from(words).sort();
  let rank = 0;
  const values = Float32Array.from(edges, (edge) => {
    while (rank < cuts.length && Number((cuts[rank] as bigint) >> 32n) < edge) rank += 1;
    return rank - limit;
  });
  const guide = new Uint32Array(1 << GUIDE_BITS);
  for (let bucket = 0, p = 0; bucket < guide.length; bucket += 1) {
    while ((edges[p] as number) < bucket * 2 ** GUIDE_SHIFT) p += 1;
    guide[bucket] = p;
  }
  return { guide, edges, values };
}

/**
 * Fills `out[at .. at + size)` with the stream's draws, NaN where the upper word is an edge.
 * @returns the number of NaNs
 */
export function fillGridTwin(
  out: Float32Array,
  at: number,
  size: number,
  state: PhiloxState,
  { guide, edges, values }: GridTable,
): number {
  const words = new Uint32Array(4);
  let undecided = 0;
  for (let start = 0; start < size; start += 4) {
    fillPhiloxBlock(words, 0, state, start >>> 2);
    const end = Math.min(4, size - start);
    for (let i = 0; i < end; i += 1) {
      const word = words[i] as number;
      let p = guide[word >>> GUIDE_SHIFT] as number;
      while (word > (edges[p] as number)) p += 1;
      if (word === edges[p]) {
        out[at + start + i] = NaN;
        undecided += 1;
      } else {
        out[at + start + i] = values[p] as number;
      }
    }
  }
  return undecided;
}
