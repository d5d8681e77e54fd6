import {
  numbersOf,
  type Feeds,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { analyze, selectionsAt } from '@floatpath/activation-patterns';
import { networkCases, type NetworkCase } from '@floatpath/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import {
  createSumTolerance,
  givenPartition,
  maskFeeds,
  splitWithChannels,
  type Split,
} from '../src/index.js';

const SAMPLES = 120;
export const cases = (seed: number, numRuns = SAMPLES): NetworkCase[] =>
  fc.sample(networkCases(), { numRuns, seed });

export interface Checked {
  readonly logits: Float64Array;
  readonly fixed: Float64Array;
  readonly float: Float64Array;
  readonly holds: boolean;
}

/** The sum law on a split network that may have been tampered with, with the honest split's tolerance. */
export async function check(honest: Split, network: Network, feeds: Feeds): Promise<Checked> {
  await using tolerance = await createSumTolerance(honest, 'float64');
  const [limit = 0] = await tolerance.of(feeds);
  await using kernel = await referenceEngine().load(network);
  const fetches = await kernel.run(feeds);
  const [logits, fixed, float] = ['logits', 'fixed', 'float'].map((name) =>
    numbersOf(fetches[name] as Tensor),
  ) as [Float64Array, Float64Array, Float64Array];
  const holds = logits.every(
    (value, j) => Math.abs((fixed[j] as number) + (float[j] as number) - value) <= limit,
  );
  return { logits, fixed, float, holds };
}

export function honestSplit(network: Network): Split {
  return splitWithChannels(network, {
    partition: givenPartition(),
    selection: 'recorded',
    form: 'two-recurrences',
  });
}

/** The node that makes `value`. */
export const makerOf = (network: Network, value: string | undefined): NetworkNode | undefined =>
  network.nodes.find((node) => value !== undefined && node.outputs.includes(value));

export const withNode = (network: Network, from: NetworkNode, to: NetworkNode): Network => ({
  ...network,
  nodes: network.nodes.map((node) => (node === from ? to : node)),
});

/** Runs a fault on random networks: how often it changes a part, and how often the check sees a changed part. */
export async function plant(
  seed: number,
  fault: (split: Split) => Network | undefined,
  samples = SAMPLES,
): Promise<{ readonly changed: number; readonly missed: number }> {
  let changed = 0;
  let missed = 0;
  for (const { network, point, coins } of cases(seed, samples)) {
    const analysis = analyze(network);
    const neighborhood = {
      float: coins(1, analysis.layout.units),
      selections: selectionsAt(analysis, point(0)),
    };
    const split = honestSplit(analysis.network);
    const broken = fault(split);
    if (broken === undefined) continue;
    const feeds = {
      [analysis.input]: point(0),
      ...maskFeeds(analysis, [neighborhood], 'recorded'),
    };
    const right = await check(split, split.network, feeds);
    expect(right.holds).toBe(true);
    const wrong = await check(split, broken, feeds);
    const differs = (a: Float64Array, b: Float64Array): boolean =>
      a.some((value, j) => Math.abs(value - (b[j] as number)) > 1e-6);
    if (!differs(right.fixed, wrong.fixed) && !differs(right.float, wrong.float)) continue;
    changed += 1;
    if (wrong.holds) missed += 1;
  }
  return { changed, missed };
}
