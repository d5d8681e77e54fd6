import { numbersOf, type Engine, type Network, type Tensor, type ValueInfo } from '@floatpath/core';
import { gatesOf } from '@floatpath/engine';
import { splitPaths, type Partition } from '@floatpath/path-decomp';
import { joinNetworks, type LabelledImages } from '@floatpath/sc-rfp';
import { fitWeights } from '../combination-weights.js';
import { noisyImages } from '../noisy-images.js';
import { combine } from './combine.js';
import { inFirstGates } from './look.js';

/** What is left of a network when paths through float units of its first 0, 1, ... gates are taken away: N first, fixed last. */
export function fixedUpToLayers(network: Network, partition: Partition): readonly Network[] {
  const cut = gatesOf(network).map((_, l) => {
    const first = inFirstGates(network, partition, l + 1);
    const split = splitPaths(network, { partition: first, selection: 'own', form: 'fixed-only' });
    return { ...split, outputs: [split.outputs[1] as ValueInfo] };
  });
  return [network, ...cut];
}

/**
 * f = fixed + sum_l lambda_l float_l, float_l the paths whose first float unit is in layer l: a combination of
 * {@link fixedUpToLayers}.
 */
export function layerLambda(parts: readonly Network[], lambdas: readonly number[]): Network {
  const weights = parts.map(
    (_, k) => (lambdas[k] ?? 1) - (k === 0 ? 0 : (lambdas[k - 1] as number)),
  );
  return combine(parts, weights);
}

/** Logits of every network on noisy copies of the images, one array each, and the labels. */
export async function noisyLogits(
  engine: Engine,
  networks: readonly Network[],
  { images, ids, labels }: LabelledImages,
  options: { readonly sigma: number; readonly draws: number; readonly seed: number },
): Promise<{ readonly logits: readonly Float64Array[]; readonly labels: Int32Array }> {
  const [{ inputs }] = networks as readonly [Network];
  const parts = networks.map((network, k) => ({ prefix: '', network, output: `n${k}` }));
  await using kernel = await engine.load(joinNetworks('terms', inputs, parts));
  const rounds: Float64Array[][] = networks.map(() => []);
  for (let round = 0; round < options.draws; round += 1) {
    const x = noisyImages(images, ids, { ...options, round });
    const fetches = await kernel.run({ [inputs[0]?.name ?? '']: x });
    rounds.forEach((made, k) =>
      made.push(Float64Array.from(numbersOf(fetches[`n${k}`] as Tensor))),
    );
  }
  return {
    logits: rounds.map((made) => Float64Array.from(made.flatMap((values) => [...values]))),
    labels: Int32Array.from(rounds[0]?.flatMap(() => Array.from(labels)) ?? []),
  };
}

/** The lambdas of the least cross-entropy, from the logits of {@link fixedUpToLayers}. */
export function learnLambdas(
  logits: readonly Float64Array[],
  labels: Int32Array,
  classes: number,
): readonly number[] {
  const offset = logits.at(-1) as Float64Array;
  const terms = logits.slice(1).map((after, l) => {
    const before = logits[l] as Float64Array;
    return before.map((v, i) => v - (after[i] as number));
  });
  return fitWeights(
    { offset, terms, labels, classes },
    terms.map(() => 1),
  );
}
