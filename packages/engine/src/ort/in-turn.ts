/**
 * Does one thing at a time, in the order asked for. The runtime answers one call at a time, of whatever session; its
 * WebGPU build refuses a session that is created while another one is.
 */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}
