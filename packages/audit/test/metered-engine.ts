import type { Engine, Network } from '@floatpath/core';

/** What a pass costs; gates and reshapes are nothing beside them. */
const LAYERS = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

const layersOf = ({ nodes }: Network): number => nodes.filter(({ op }) => LAYERS.has(op)).length;

export interface MeteredEngine<E extends Engine> {
  readonly engine: E;
  /** Forward passes of `plain` that everything so far was worth: rows, times layers of what they ran through over its own. */
  readonly passes: (plain: Network) => number;
}

/** An engine that counts the rows it is given. */
export function meteredEngine<E extends Engine>(inner: E): MeteredEngine<E> {
  let layerRows = 0;
  const engine: E = {
    ...inner,
    async load(network) {
      const kernel = await inner.load(network);
      const layers = layersOf(network);
      const batched = network.inputs.filter(({ shape }) => typeof shape[0] === 'string');
      return {
        network,
        run(feeds) {
          const rows = batched.map(({ name }) => feeds[name]?.shape[0] ?? 1);
          layerRows += layers * Math.max(1, ...rows);
          return kernel.run(feeds);
        },
        [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
      };
    },
  };
  return { engine, passes: (plain) => layerRows / layersOf(plain) };
}
