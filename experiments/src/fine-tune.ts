import {
  numbersOf,
  float32Tensor,
  type Engine,
  type Network,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';
import { createGraphBuilder, gatesOf, inferTypes } from '@floatpath/engine';
import { splitWithChannels } from '@floatpath/path-decomp';
import { emitCopy, type LabelledImages } from '@floatpath/sc-rfp';
import { denseLayers, featuresName } from './designs/dense-layers.js';
import { nearAtLook, type Deviations, type Look } from './designs/look.js';
import { copyOfHead, createTrainer, dense, type Channel, type Head } from './head.js';
import { noisyImages } from './noisy-images.js';
import { shuffled } from './shuffled.js';

/** What the last two dense layers see: at z, on the fixed paths, and at a(z). */
type Features = Readonly<Record<'plain' | 'fixed' | 'denoised', Float32Array>>;

function featuresNetwork(network: Network, look: Look, deviations: Deviations): Network {
  const partition = nearAtLook(network, look, { kappa: 1, deviations });
  const split = splitWithChannels(network, { partition, selection: 'own', form: 'fixed-only' });
  const name = featuresName(split.base);
  const graph = createGraphBuilder(split.network);
  const copy = emitCopy(graph, split.base, [look(graph)], [name]).get(name) as string;
  const shape = inferTypes(split.base).get(name)?.shape ?? [];
  const values = [name, split.channels.get(name)?.fixed ?? name, copy];
  const outputs = values.map((value): ValueInfo => ({
    name: graph.add('Identity', [value]),
    dtype: 'float32',
    shape,
  }));
  return graph.build('features', outputs);
}

/** The forward passes that heads are trained through. */
const forwards = {
  repressed: (f: Features, float: Uint8Array, lambda: number): readonly Channel[] => [
    { weight: lambda, features: f.plain, gates: 'own' },
    { weight: 1 - lambda, features: f.fixed, gates: { channel: 0, float } },
  ],
  plain: (f: Features): readonly Channel[] => [{ weight: 1, features: f.plain, gates: 'own' }],
  denoised: (f: Features): readonly Channel[] => [
    { weight: 1, features: f.denoised, gates: 'own' },
  ],
  average: (f: Features): readonly Channel[] => [
    { weight: 0.5, features: f.plain, gates: 'own' },
    { weight: 0.5, features: f.denoised, gates: 'own' },
  ],
} as const;

export type ForwardName = keyof typeof forwards;

export interface FineTuneOptions {
  readonly sigma: number;
  readonly lambda: number;
  readonly epochs: number;
  readonly rate: number;
  readonly batch: number;
  readonly seed: number;
}

/** The last two dense layers, trained through each forward on the same noisy images, from the same weights. */
export async function fineTune(
  engine: Engine,
  network: Network,
  at: { readonly look: Look; readonly deviations: Deviations },
  { images, labels, ids }: LabelledImages,
  options: FineTuneOptions,
): Promise<{
  readonly heads: Readonly<Record<ForwardName, Head>>;
  readonly losses: Readonly<Record<ForwardName, readonly number[]>>;
}> {
  const original = denseLayers(network);
  const made = (): Head => copyOfHead(original);
  const heads = { repressed: made(), plain: made(), denoised: made(), average: made() };
  const trainers = Object.entries(heads).map(
    ([name, head]) => [name as ForwardName, createTrainer(head, options.rate)] as const,
  );
  const losses: Record<ForwardName, number[]> = {
    repressed: [],
    plain: [],
    denoised: [],
    average: [],
  };
  const last = gatesOf(network).at(-1)?.node.name ?? '';
  const bound = at.deviations.get(last) as Float32Array;
  const source = featuresNetwork(network, at.look, at.deviations);
  await using kernel = await engine.load(source);
  const size = images.data.length / ids.length;
  for (let epoch = 0; epoch < options.epochs; epoch += 1) {
    const order = shuffled(ids.length, options.seed, epoch);
    for (const [name] of trainers) losses[name].push(0);
    const batches = Math.floor(order.length / options.batch);
    for (let b = 0; b < batches; b += 1) {
      const rows = order.slice(b * options.batch, (b + 1) * options.batch);
      const clean = float32Tensor([rows.length, ...images.shape.slice(1)]);
      rows.forEach((row, k) =>
        clean.data.set(images.data.subarray(row * size, (row + 1) * size), k * size),
      );
      const which = Uint32Array.from(rows, (row) => ids[row] as number);
      const x = noisyImages(clean, which, { ...options, round: epoch });
      const fetches = await kernel.run({ [network.inputs[0]?.name ?? '']: x });
      const [plain, fixed, denoised] = source.outputs.map(({ name }) =>
        Float32Array.from(numbersOf(fetches[name] as Tensor)),
      ) as [Float32Array, Float32Array, Float32Array];
      // The partition stays the original network's at a(z), whatever the head becomes.
      const distance = dense(denoised, original.w1, original.b1);
      const float = Uint8Array.from(distance, (v, i) =>
        Math.abs(v) < (bound[i % bound.length] as number) ? 1 : 0,
      );
      const wanted = rows.map((row) => labels[row] as number);
      for (const [name, step] of trainers) {
        const channels = forwards[name]({ plain, fixed, denoised }, float, options.lambda);
        const sums = losses[name];
        sums[epoch] = (sums[epoch] as number) + step(channels, wanted) / batches;
      }
    }
  }
  return { heads, losses };
}
