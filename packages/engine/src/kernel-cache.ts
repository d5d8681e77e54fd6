import { FloatpathError, type Kernel } from '@floatpath/core';

/** Kernels that are loaded when first asked for and disposed together. */
export interface KernelCache<Key, Loaded extends AsyncDisposable = Kernel> extends AsyncDisposable {
  get(key: Key, load: () => Promise<Loaded>): Promise<Loaded>;
}

export function createKernelCache<Key, Loaded extends AsyncDisposable = Kernel>(): KernelCache<
  Key,
  Loaded
> {
  const loaded = new Map<Key, Promise<Loaded>>();
  let disposed = false;
  return {
    async get(key, load) {
      if (disposed) {
        throw new FloatpathError(
          'kernel-disposed',
          'classifier: expected one in use, got a disposed one; create it again',
        );
      }
      const known = loaded.get(key);
      if (known !== undefined) return known;
      const kernel = load();
      loaded.set(key, kernel);
      return kernel;
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      for (const outcome of await Promise.allSettled(loaded.values())) {
        if (outcome.status === 'fulfilled') await outcome.value[Symbol.asyncDispose]();
      }
    },
  };
}
