import { rowsOf, type Engine, type Network } from '@floatpath/core';
import { createLabelCounter } from '@floatpath/engine';
import { PLAIN_OUTPUT, sharedCounterNetwork, type LabelledImages } from '@floatpath/sc-rfp';
import { countDraws, integerGaussian } from '@floatpath/smoothing';
import { bestSettings, differenceOf, plugInRadius, type Difference } from './compare.js';
import type { Contest } from './contestants.js';

export interface Selected {
  readonly design: string;
  readonly setting: string;
  readonly controls: readonly string[];
  /** Mean plug-in radius on the selection images. */
  readonly statistic: number;
  readonly differences: readonly Difference[];
  /** Of the differences the smallest. */
  readonly worst: number;
}

export const contestantName = ({ design, setting }: { design: string; setting: string }): string =>
  `${design}: ${setting}`;

/** Counts every contestant and control on the same draws and orders the designs by the plan's rule. */
export async function select(
  engine: Engine,
  network: Network,
  { contestants, controls }: Contest,
  data: LabelledImages,
  options: { readonly sigma: number; readonly seed: number; readonly draws: number },
) {
  const { sigma, seed, draws } = options;
  const bounds = [0, 1] as const;
  const noise = integerGaussian({ sigma, bounds });
  const variants = [
    ...contestants.map((c) => ({ name: contestantName(c), network: c.network })),
    ...[...controls].map(([name, made]) => ({ name, network: made })),
  ];
  await using counter = await createLabelCounter(engine, sharedCounterNetwork(network, variants), {
    bounds,
    arithmetic: noise.arithmetic,
  });
  const radii = new Map<string, number[]>(counter.names.map((name) => [name, []]));
  for (let row = 0; row < data.ids.length; row += 1) {
    const { counts } = await countDraws(counter, rowsOf(data.images, row, row + 1), {
      ...{ noise, seed, n: draws, batchSize: draws, purpose: 'estimation' },
      image: data.ids[row] as number,
    });
    counter.names.forEach((name, i) => {
      const k = counts[i]?.[data.labels[row] as number] ?? 0;
      radii.get(name)?.push(plugInRadius(k, draws, sigma));
    });
  }
  const of = (name: string): readonly number[] => radii.get(name) ?? [];
  const mean = (name: string): number => of(name).reduce((a, b) => a + b, 0) / of(name).length;
  const selected = contestants.map((contestant): Selected => {
    const name = contestantName(contestant);
    const differences = [PLAIN_OUTPUT, ...contestant.controls].map((over): Difference => {
      const { mean: value, interval } = differenceOf(over, of(name), of(over));
      return { over, mean: value, interval };
    });
    const { design, setting } = contestant;
    const worst = Math.min(...differences.map((d) => d.mean));
    return {
      design,
      setting,
      controls: contestant.controls,
      statistic: mean(name),
      differences,
      worst,
    };
  });
  return {
    draws,
    plain: mean(PLAIN_OUTPUT),
    controls: Object.fromEntries([...controls.keys()].map((name) => [name, mean(name)])),
    tried: selected,
    order: bestSettings(selected).map(contestantName),
  };
}
