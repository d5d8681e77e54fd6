/**
 * The items in an order in which each comes after those that it depends on; what can come first does, in the given order.
 *
 * @param missing - makes the error for a dependency that no item is
 * @param circular - makes the error for an item that depends on itself
 */
export function dependencyOrder<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  dependsOn: (item: T) => readonly string[],
  missing: (item: T, key: string) => Error,
  circular: (item: T) => Error,
): readonly T[] {
  const keys = new Set(items.map(keyOf));
  const readers = new Map<string, T[]>();
  const open = new Map<T, number>();
  for (const item of items) {
    const before = new Set(dependsOn(item));
    for (const key of before) {
      if (!keys.has(key)) throw missing(item, key);
      const known = readers.get(key);
      if (known === undefined) readers.set(key, [item]);
      else known.push(item);
    }
    open.set(item, before.size);
  }
  const ordered = items.filter((item) => open.get(item) === 0);
  for (const item of ordered) {
    for (const reader of readers.get(keyOf(item)) ?? []) {
      const left = (open.get(reader) ?? 1) - 1;
      open.set(reader, left);
      if (left === 0) ordered.push(reader);
    }
  }
  const done = new Set(ordered);
  const circle = items.find((item) => !done.has(item));
  if (circle !== undefined) throw circular(circle);
  return ordered;
}
