import { numbersOf, rowsOf, type Engine, type Network, type RunOptions } from '@floatpath/core';
import { centerAnchor, type LabelledImages } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import type { FloatFraction } from './reproduction.js';
import { FRACTION_DRAWS } from './sizes.js';

const TAU = 0.05;

/** The share of units per gate that are tau-float at a noisy image, averaged over the images, for every sigma. */
export async function floatFractions(
  engine: Engine,
  network: Network,
  { images, ids }: Pick<LabelledImages, 'images' | 'ids'>,
  options: RunOptions & {
    readonly sigmas: readonly number[];
    readonly bounds: readonly [number, number];
    readonly seed: number;
    readonly batchSize: number;
  },
): Promise<{ readonly gates: readonly string[]; readonly fractions: readonly FloatFraction[] }> {
  const { sigmas, bounds, seed, batchSize, signal } = options;
  const anchor = centerAnchor({ tau: TAU, draws: FRACTION_DRAWS });
  const fractions: FloatFraction[] = [];
  let gates: readonly string[] = [];
  for (const sigma of sigmas) {
    const noise = integerGaussian({ sigma, bounds });
    await using observer = await anchor.observe(engine, network, { noise, seed, batchSize });
    const sums = new Map<string, number>();
    for (let row = 0; row < ids.length; row += 1) {
      signal?.throwIfAborted();
      const x = rowsOf(images, row, row + 1);
      const feeds = await observer.feedsAt(x, ids[row] as number, signal ? { signal } : {});
      for (const [gate, mask] of Object.entries(feeds)) {
        const units = numbersOf(mask);
        const share = units.reduce((sum, v) => sum + v, 0) / units.length;
        sums.set(gate, (sums.get(gate) ?? 0) + share / ids.length);
      }
    }
    gates = [...sums.keys()].map((name) => name.replace(/^float:/, ''));
    fractions.push({ sigma, tau: TAU, shares: [...sums.values()] });
  }
  return { gates, fractions };
}
