import type { SparseMap } from './sparse-map.js';

/** Rows that are worked on together: one number of each per element, next to each other. */
export const LANES = 8;

/** Eight numbers per element of a value, zero but at the elements touched. */
export interface Rows {
  readonly data: Float64Array;
  /** The elements touched, the first `count()` of the list. */
  readonly list: Int32Array;
  readonly marks: Uint8Array;
  /** Room for the elements that one map reaches; all zero between uses. */
  readonly reached: Uint8Array;
  readonly columns: Int32Array;
  count(): number;
  touch(element: number): void;
  /** The elements touched, as a copy. */
  elements(): Int32Array;
  clear(): void;
}

export function createRows(size: number): Rows {
  const data = new Float64Array(size * LANES);
  const list = new Int32Array(size);
  const marks = new Uint8Array(size);
  let count = 0;
  return {
    data,
    list,
    marks,
    reached: new Uint8Array(size),
    columns: new Int32Array(size),
    count: () => count,
    touch(element) {
      if (marks[element] === 1) return;
      marks[element] = 1;
      list[count++] = element;
    },
    elements: () => list.slice(0, count),
    clear() {
      for (let n = 0; n < count; n += 1) {
        const element = list[n] as number;
        marks[element] = 0;
        data.fill(0, element * LANES, (element + 1) * LANES);
      }
      count = 0;
    },
  };
}

/**
 * Adds a W to the rows of a node's input, given the rows a of its output: for every input element that a touched output
 * element is made of, one sum over what it reaches, eight rows at a time.
 */
export function fromOutputs(map: SparseMap, from: Rows, into: Rows): void {
  const { columnStart, row, weight, rowStart, column } = map;
  const touched = from.count();
  if (touched === 0) return;
  const { reached, columns } = into;
  let count = 0;
  for (let n = 0; n < touched; n += 1) {
    const i = from.list[n] as number;
    const last = rowStart[i + 1] as number;
    for (let k = rowStart[i] as number; k < last; k += 1) {
      const j = column[k] as number;
      if (reached[j] === 1) continue;
      reached[j] = 1;
      columns[count++] = j;
    }
  }
  const source = from.data;
  const target = into.data;
  const { marks } = from;
  for (let n = 0; n < count; n += 1) {
    const j = columns[n] as number;
    reached[j] = 0;
    into.touch(j);
    const at = 8 * j;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    let [s4, s5, s6, s7] = [0, 0, 0, 0];
    const last = columnStart[j + 1] as number;
    for (let k = columnStart[j] as number; k < last; k += 1) {
      const i = row[k] as number;
      if (marks[i] === 0) continue;
      const w = weight[k] as number;
      const o = 8 * i;
      s0 += w * (source[o] as number);
      s1 += w * (source[o + 1] as number);
      s2 += w * (source[o + 2] as number);
      s3 += w * (source[o + 3] as number);
      s4 += w * (source[o + 4] as number);
      s5 += w * (source[o + 5] as number);
      s6 += w * (source[o + 6] as number);
      s7 += w * (source[o + 7] as number);
    }
    target[at]! += s0;
    target[at + 1]! += s1;
    target[at + 2]! += s2;
    target[at + 3]! += s3;
    target[at + 4]! += s4;
    target[at + 5]! += s5;
    target[at + 6]! += s6;
    target[at + 7]! += s7;
  }
}

/** The numbers of one row at some elements. */
export function laneOf({ data }: Rows, elements: Int32Array, lane: number): Float64Array {
  const values = new Float64Array(elements.length);
  for (let k = 0; k < values.length; k += 1) {
    values[k] = data[(elements[k] as number) * LANES + lane] as number;
  }
  return values;
}

/** Adds W h to eight values per touched output element, given those of the input. */
export function intoOutputs(
  map: SparseMap,
  touched: Rows,
  source: Float64Array,
  target: Float64Array,
): void {
  const { rowStart, column, at, weight } = map;
  const total = touched.count();
  for (let n = 0; n < total; n += 1) {
    const i = touched.list[n] as number;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    let [s4, s5, s6, s7] = [0, 0, 0, 0];
    const last = rowStart[i + 1] as number;
    for (let k = rowStart[i] as number; k < last; k += 1) {
      const w = weight[at[k] as number] as number;
      const o = 8 * (column[k] as number);
      s0 += w * (source[o] as number);
      s1 += w * (source[o + 1] as number);
      s2 += w * (source[o + 2] as number);
      s3 += w * (source[o + 3] as number);
      s4 += w * (source[o + 4] as number);
      s5 += w * (source[o + 5] as number);
      s6 += w * (source[o + 6] as number);
      s7 += w * (source[o + 7] as number);
    }
    const o = 8 * i;
    target[o]! += s0;
    target[o + 1]! += s1;
    target[o + 2]! += s2;
    target[o + 3]! += s3;
    target[o + 4]! += s4;
    target[o + 5]! += s5;
    target[o + 6]! += s6;
    target[o + 7]! += s7;
  }
}
