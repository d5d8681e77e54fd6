/** A queue that hands out what was put in nearest; equally near ones in the order they came. */
export interface NearestFirst<T> {
  put(distance: number, value: T): void;
  take(): { readonly distance: number; readonly value: T } | undefined;
}

/** A binary heap: every entry is no farther than the two at twice its position. */
export function nearestFirst<T>(): NearestFirst<T> {
  const heap: { readonly distance: number; readonly order: number; readonly value: T }[] = [];
  let order = 0;
  const before = (i: number, j: number): boolean => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) return a !== undefined;
    return a.distance < b.distance || (a.distance === b.distance && a.order < b.order);
  };
  const exchange = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j] as (typeof heap)[0], heap[i] as (typeof heap)[0]];
  };
  return {
    put(distance, value) {
      heap.push({ distance, order: order++, value });
      for (let i = heap.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (!before(i, parent)) return;
        exchange(i, parent);
        i = parent;
      }
    },
    take() {
      const [first] = heap;
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let i = 0; ;) {
        const child = before(2 * i + 1, 2 * i + 2) ? 2 * i + 1 : 2 * i + 2;
        if (child >= heap.length || !before(child, i)) return first;
        exchange(i, child);
        i = child;
      }
    },
  };
}
