/**
 * How the slope of a tensor changes along a segment: at `times[k]` (ascending) the slope of element `index[e]` grows by `delta[e]`
 * for e in [start[k], start[k + 1]).
 */
export interface Kinks {
  readonly times: Float64Array;
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly delta: Float64Array;
}

export const noKinks: Kinks = {
  times: new Float64Array(0),
  start: new Int32Array(1),
  index: new Int32Array(0),
  delta: new Float64Array(0),
};

/** Collects (row, element, delta) entries. */
export interface KinkEntries {
  push(row: number, index: number, delta: number): void;
  /** For rows pushed one after the other, at ascending times. Rows without entries are dropped. */
  inOrder(times: ArrayLike<number>): Kinks;
  /** For rows pushed in any order. The entries of a row stay in the order they were pushed. */
  sorted(times: ArrayLike<number>): Kinks;
}

export function createKinkEntries(): KinkEntries {
  let rows = new Int32Array(1024);
  let index = new Int32Array(1024);
  let delta = new Float64Array(1024);
  let count = 0;

  /** Rows that have entries, with their sizes. */
  const filledRows = (total: number): { readonly sizes: Int32Array; readonly order: number[] } => {
    const sizes = new Int32Array(total);
    for (let e = 0; e < count; e += 1) sizes[rows[e] as number]! += 1;
    const order: number[] = [];
    sizes.forEach((size, row) => {
      if (size > 0) order.push(row);
    });
    return { sizes, order };
  };
  const startsOf = (order: readonly number[], sizes: Int32Array): Int32Array => {
    const start = new Int32Array(order.length + 1);
    order.forEach((row, k) => {
      start[k + 1] = (start[k] as number) + (sizes[row] as number);
    });
    return start;
  };
  const timesOf = (order: readonly number[], times: ArrayLike<number>): Float64Array =>
    Float64Array.from(order, (row) => times[row] as number);

  return {
    push(row, at, change) {
      if (count === rows.length) {
        const capacity = 2 * count;
        rows = grown(rows, new Int32Array(capacity));
        index = grown(index, new Int32Array(capacity));
        delta = grown(delta, new Float64Array(capacity));
      }
      rows[count] = row;
      index[count] = at;
      delta[count] = change;
      count += 1;
    },
    inOrder(times) {
      const { sizes, order } = filledRows(times.length);
      return {
        times: timesOf(order, times),
        start: startsOf(order, sizes),
        index: index.subarray(0, count),
        delta: delta.subarray(0, count),
      };
    },
    sorted(times) {
      const { sizes, order } = filledRows(times.length);
      order.sort((a, b) => (times[a] as number) - (times[b] as number));
      const start = startsOf(order, sizes);
      const next = new Int32Array(times.length);
      order.forEach((row, k) => {
        next[row] = start[k] as number;
      });
      const sortedIndex = new Int32Array(count);
      const sortedDelta = new Float64Array(count);
      for (let e = 0; e < count; e += 1) {
        const row = rows[e] as number;
        const at = next[row] as number;
        next[row] = at + 1;
        sortedIndex[at] = index[e] as number;
        sortedDelta[at] = delta[e] as number;
      }
      return { times: timesOf(order, times), start, index: sortedIndex, delta: sortedDelta };
    },
  };
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The same kinks by element: `row[e]`, `delta[e]` for e in [start[i], start[i + 1]), ascending in time. */
export interface KinksByElement {
  readonly start: Int32Array;
  readonly row: Int32Array;
  readonly delta: Float64Array;
}

export function byElement(kinks: Kinks, size: number): KinksByElement {
  const start = new Int32Array(size + 1);
  for (const i of kinks.index) start[i + 1]! += 1;
  for (let i = 0; i < size; i += 1) start[i + 1]! += start[i] as number;
  const next = start.slice();
  const row = new Int32Array(kinks.index.length);
  const delta = new Float64Array(kinks.index.length);
  for (let k = 0; k < kinks.times.length; k += 1) {
    for (let e = kinks.start[k] as number; e < (kinks.start[k + 1] as number); e += 1) {
      const i = kinks.index[e] as number;
      const at = next[i] as number;
      next[i] = at + 1;
      row[at] = k;
      delta[at] = kinks.delta[e] as number;
    }
  }
  return { start, row, delta };
}
