/**
 * Maps items with at most `parallel` at work at once and yields the results in the order of the items.
 * After a failure no further item is started, those at work are waited for, and the first error is thrown.
 */
export async function* mapInOrder<T, R>(
  items: readonly T[],
  parallel: number,
  work: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  let next = 0;
  const start = (): void => {
    const index = next;
    next += 1;
    const promise = work(items[index] as T, index);
    // Its rejection is seen when its turn comes.
    promise.catch(() => undefined);
    running.push(promise);
  };
  try {
    while (next < Math.min(parallel, items.length)) start();
    while (running.length > 0) {
      const result = await (running.shift() as Promise<R>);
      if (next < items.length) start();
      yield result;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
