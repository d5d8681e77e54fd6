import type { Engine, Network } from '@floatpath/core';
import { calibrateDeviations, wienerDenoiser } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import type { Contest, Contestant } from '../contestants.js';
import type { ImageSource } from '../data.js';
import { denoisedLook } from '../designs/look.js';
import { secondDesigns } from './designs.js';
import type { SecondNetwork, SecondPlan } from './plan.js';
import { trainAll, type Trained } from './train.js';

const SEED = 0;
const SETTING = 'trained';

/** Every design and control of the second plan for one network, trained. */
export async function secondContest(
  engine: Engine,
  network: Network,
  { sigma, dataset, training }: SecondNetwork,
  source: ImageSource,
  { images, designs }: SecondPlan,
): Promise<Contest> {
  const { deviations } = await calibrateDeviations(
    engine,
    network,
    source('train', images.deviations[dataset]).images,
    {
      noise: integerGaussian({ sigma, bounds: [0, 1] }),
      ...{ draws: images.deviations.draws, seed: SEED, batchSize: 64, modelHash: network.name },
    },
  );
  const denoiser = wienerDenoiser(source('train', images.wiener[dataset]).images, {
    kind: 'conv',
    sigma,
  });
  const look = denoisedLook(network, denoiser);
  const trained = await trainAll(
    engine,
    secondDesigns({ network, look, deviations }),
    source('train', images.fineTuning[dataset]),
    { ...training, sigma, epochs: images.fineTuning.epochs, seed: SEED },
  );
  const of = (name: string): Trained => trained.get(name) as Trained;
  // The network as shipped has the name "plain" in every comparison.
  const fineTuned = (control: string): string => `${control}, trained`;
  const controls = new Set(designs.flatMap((design) => design.controls));
  return {
    contestants: designs.map(({ id, controls: own }): Contestant => ({
      design: id,
      setting: SETTING,
      network: of(id).network,
      controls: own.map(fineTuned),
    })),
    controls: new Map([...controls].map((name) => [fineTuned(name), of(name).network])),
    learned: Object.fromEntries(
      [...trained].map(([name, { loss, learned }]) => [name, { loss, learned }]),
    ),
  };
}
