import type { SparseMap } from './sparse-map.js';

/** Eight numbers per element of a value, zero but at the elements touched. */
export interface Rows {
  readonly data: Float64Array;
  /** The elements touched, the first `count()` of the list. */
  readonly list: Int32Array;
  readonly marks: Uint8Array;
  count(): number;
  touch(element: number): void;
  /** The elements touched, as a copy. */
  elements(): Int32Array;
  clear(): void;
}

export function createRows(size: number, lanes: number): Rows {
  const data = new Float64Array(size * lanes);
  const list = new Int32Array(size);
  const marks = new Uint8Array(size);
  let count = 0;
  return {
    data,
    list,
    marks,
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
        data.fill(0, element * lanes, (element + 1) * lanes);
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
  const reached = new Uint8Array(map.columns);
  const columns = new Int32Array(map.columns);
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
