import { fillNormalTwin } from './box-muller.js';
import { fillGridTwin, type GridTable } from './grid-table.js';
import { fillWordsTwin, type PhiloxState } from './philox.js';

/** The three loops that make noise. Two implementations with the same bits: WebAssembly, and its TypeScript twin. */
export interface NoiseKernels {
  /** Fills `out` with the words of blocks 0, 1, ... */
  fillWords(out: Uint32Array, state: PhiloxState): void;
  /** Fills `out[at .. at + size)` with standard normals. */
  fillNormal(out: Float32Array, at: number, size: number, state: PhiloxState): void;
  /**
   * Fills `out[at .. at + size)` with grid draws, NaN where the table leaves the word open.
   * @returns the number of NaNs
   */
  fillGrid(
    out: Float32Array,
    at: number,
    size: number,
    state: PhiloxState,
    table: GridTable,
  ): number;
}

export const twinKernels: NoiseKernels = {
  fillWords: fillWordsTwin,
  fillNormal: fillNormalTwin,
  fillGrid: fillGridTwin,
};
