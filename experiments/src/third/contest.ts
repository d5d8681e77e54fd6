import type { Engine, Network } from '@floatpath/core';
import type { Contest } from '../contestants.js';
import type { ImageSource } from '../data.js';
import { select } from '../select.js';
import { baseOf, contestOf, SEED } from '../training/contest.js';
import { adam } from '../training/descent.js';
import { trainAll, type Trainable } from '../training/train.js';
import { taughtBatches } from './batches.js';
import { thirdDesigns } from './designs.js';
import type { ThirdNetwork, ThirdPlan } from './plan.js';

/** Every design and control of the third plan for one network, trained at the rate that suits plain. */
export async function thirdContest(
  engine: Engine,
  network: Network,
  planned: ThirdNetwork,
  source: ImageSource,
  { images, designs, selection }: ThirdPlan,
): Promise<Contest> {
  const { sigma, dataset, training } = planned;
  const base = await baseOf(engine, network, planned, source, images);
  await using kernel = await engine.load(network);
  const teacher = {
    kernel,
    input: network.inputs[0]?.name ?? '',
    output: network.outputs[0]?.name ?? '',
  };
  const batches = taughtBatches(source('train', images.fineTuning[dataset]), teacher, {
    ...{ batch: training.batch, mirrored: training.mirrored, sigma, seed: SEED },
    epochs: images.fineTuning.epochs[dataset],
  });
  const train = (trainables: readonly Trainable[], rate: number) =>
    trainAll(engine, trainables, batches, { rate, descent: adam });

  const untrained = thirdDesigns(base);
  const plain = untrained.filter(({ name }) => name === 'plain');
  const byRate = new Map<string, Network>();
  for (const rate of training.rates) {
    const made = (await train(plain, rate)).get('plain');
    if (made !== undefined) byRate.set(String(rate), made.network);
  }
  const [part, from, to] = images.selection[dataset];
  const tried = await select(
    engine,
    network,
    { contestants: [], controls: byRate, learned: {} },
    source(part, [from, to]),
    { sigma, seed: selection.seed, draws: images.selection.draws },
  );
  const rate = rateFor(tried);
  const contest = contestOf(designs, await train(untrained, rate));
  const rates = { shipped: tried.plain, ...tried.controls };
  return { ...contest, learned: { rate, rates, ...contest.learned } };
}

/** The rate with the largest statistic; the smallest, which is first, where none is as good as the network as shipped. */
export function rateFor({
  plain,
  controls,
}: {
  readonly plain: number;
  readonly controls: Readonly<Record<string, number>>;
}): number {
  const byStatistic = Object.entries(controls).sort(([, a], [, b]) => b - a);
  const smallest = Math.min(...Object.keys(controls).map(Number));
  const [best] = byStatistic;
  return best !== undefined && best[1] >= plain ? Number(best[0]) : smallest;
}
