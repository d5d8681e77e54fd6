import type { Engine, Network } from '@floatpath/core';
import { calibrateDeviations, wienerDenoiser } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import type { Contest, Contestant } from '../contestants.js';
import type { ImageSource } from '../data.js';
import { denoisedLook } from '../designs/look.js';
import type { Plan, PlannedNetwork } from '../plan.js';
import type { Trained } from './train.js';
import type { Base } from './trainable.js';

/** Of the streams that calibrate and train. */
export const SEED = 0;
const SETTING = 'trained';

/** The network with its calibrated deviations and its look at a(z). */
export async function baseOf(
  engine: Engine,
  network: Network,
  { sigma, dataset }: PlannedNetwork,
  source: ImageSource,
  images: Pick<Plan['images'], 'deviations' | 'wiener'>,
): Promise<Base> {
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
  return { network, deviations, look: denoisedLook(network, denoiser) };
}

/** A planned design that has one setting, and names its controls. */
export interface TrainedDesign {
  readonly id: string;
  readonly controls: readonly string[];
}

/** The name of a control in comparisons, where the network as shipped is "plain". */
export const fineTuned = (control: string): string => `${control}, trained`;

/** Planned designs and their controls, once trained. */
export function contestOf(
  designs: readonly TrainedDesign[],
  trained: ReadonlyMap<string, Trained>,
): Contest {
  const of = (name: string): Trained => trained.get(name) as Trained;
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
