import { float32Tensor, type Feeds, type Float32Tensor, type Network } from '@floatpath/core';
import { loadEngine } from '@floatpath/node';
import { byCpu, type Measure } from './measure.js';
import { benchImages } from './networks.js';

export const { engine } = await loadEngine('ort');

/** The first rows of MNIST in the network's input shape. */
export function rowsFor(network: Network, rows: number): Float32Tensor {
  const shape = network.inputs[0]?.shape.slice(1).map(Number) ?? [];
  return float32Tensor([rows, ...shape], benchImages(rows).images.data);
}

/** Passes of a network over one batch. */
export async function passes(
  network: Network,
  rows: number,
  extra: Feeds = {},
  on = engine,
): Promise<{ readonly measure: Measure; close(): Promise<void> }> {
  const kernel = await on.load(network);
  const feeds = { [network.inputs[0]?.name ?? '']: rowsFor(network, rows), ...extra };
  return {
    measure: byCpu(async () => {
      await kernel.run(feeds);
      return rows;
    }),
    close: async () => kernel[Symbol.asyncDispose](),
  };
}

/** What a pass of `second` costs in passes of `first`, on the same batch. */
export async function costOf(
  first: Network,
  second: Network,
  rows: number,
  extra: Feeds = {},
): Promise<{ readonly first: Measure; readonly second: Measure; close(): Promise<void> }> {
  const [plain, other] = [await passes(first, rows), await passes(second, rows, extra)];
  return {
    first: plain.measure,
    second: other.measure,
    close: async () => {
      await plain.close();
      await other.close();
    },
  };
}
