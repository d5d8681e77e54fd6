import type { Engine, Network } from '@floatpath/core';
import type { Contest } from '../contestants.js';
import type { ImageSource } from '../data.js';
import { noisyBatches } from '../training/batches.js';
import { baseOf, contestOf, SEED } from '../training/contest.js';
import { momentum } from '../training/descent.js';
import { trainAll } from '../training/train.js';
import { secondDesigns } from './designs.js';
import type { SecondNetwork, SecondPlan } from './plan.js';

/** Every design and control of the second plan for one network, trained. */
export async function secondContest(
  engine: Engine,
  network: Network,
  planned: SecondNetwork,
  source: ImageSource,
  { images, designs }: SecondPlan,
): Promise<Contest> {
  const { sigma, dataset, training } = planned;
  const base = await baseOf(engine, network, planned, source, images);
  const batches = noisyBatches(
    source('train', images.fineTuning[dataset]),
    Number(network.outputs[0]?.shape.at(-1)),
    { ...training, sigma, epochs: images.fineTuning.epochs, seed: SEED },
  );
  const { rate } = training;
  const trained = await trainAll(engine, secondDesigns(base), batches, {
    rate,
    descent: momentum,
  });
  return contestOf(designs, trained);
}
