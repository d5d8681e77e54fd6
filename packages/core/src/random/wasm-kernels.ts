import type { GridTable } from './grid-table.js';
import { twinKernels, type NoiseKernels } from './noise-kernels.js';
import type { PhiloxState } from './philox.js';

type Stream = [key0: number, key1: number, counter1: number, counter2: number, counter3: number];
type Chunk = [out: number, groups: number, block: number];

interface NoiseExports {
  readonly memory: WebAssembly.Memory;
  readonly fillWords: (...chunkOfStream: [...Chunk, ...Stream]) => void;
  readonly fillNormals: (...chunkOfStream: [...Chunk, ...Stream]) => void;
  readonly fillGrid: (
    ...chunkOfStream: [...Chunk, ...Stream, guide: number, edges: number, values: number]
  ) => number;
}

/** Values made at a time, at the beginning of the memory; the grid table lies behind them. */
const CHUNK = 65_536;
const TABLE_START = 4 * CHUNK;

/** Calls `fill` for each chunk of `size` values with its first value, its length, and its groups of 16 values. */
function forChunks(
  size: number,
  fill: (start: number, count: number, groups: number) => void,
): void {
  for (let start = 0; start < size; start += CHUNK) {
    const count = Math.min(CHUNK, size - start);
    fill(start, count, (count + 15) >>> 4);
  }
}

const wordsOf = (state: PhiloxState): Stream => [
  state.key0,
  state.key1,
  state.counter1,
  state.counter2,
  state.counter3,
];

/**
 * The kernels of a new instance of the module. Its memory has a fixed size, whatever is asked for: values are made in
 * chunks and copied out.
 */
export function wasmKernels(bytes: Uint8Array<ArrayBuffer>): NoiseKernels {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const kernel = exports as unknown as NoiseExports;
  const { buffer } = kernel.memory;
  const words = new Uint32Array(buffer, 0, CHUNK);
  const values = new Float32Array(buffer, 0, CHUNK);
  const tableWords = new Uint32Array(buffer, TABLE_START);
  const tableFloats = new Float32Array(buffer, TABLE_START);
  let loaded: GridTable | undefined;

  function load(table: GridTable): void {
    if (loaded === table) return;
    const { guide, edges } = table;
    tableWords.set(guide);
    tableWords.set(edges, guide.length);
    tableFloats.set(table.values, guide.length + edges.length);
    loaded = table;
  }

  return {
    fillWords(out, state) {
      const stream = wordsOf(state);
      forChunks(out.length, (start, count, groups) => {
        kernel.fillWords(0, groups, start >>> 2, ...stream);
        out.set(words.subarray(0, count), start);
      });
    },

    fillNormal(out, at, size, state) {
      const stream = wordsOf(state);
      forChunks(size, (start, count, groups) => {
        kernel.fillNormals(0, groups, start >>> 2, ...stream);
        out.set(values.subarray(0, count), at + start);
      });
    },

    fillGrid(out, at, size, state, table) {
      const { guide, edges } = table;
      if (guide.length + 2 * edges.length > tableWords.length) {
        return twinKernels.fillGrid(out, at, size, state, table);
      }
      load(table);
      const stream = wordsOf(state);
      const edgesStart = TABLE_START + 4 * guide.length;
      const valuesStart = edgesStart + 4 * edges.length;
      let undecided = 0;
      forChunks(size, (start, count, groups) => {
        undecided += kernel.fillGrid(
          0,
          groups,
          start >>> 2,
          ...stream,
          TABLE_START,
          edgesStart,
          valuesStart,
        );
        out.set(values.subarray(0, count), at + start);
      });
      return undecided;
    },
  };
}
