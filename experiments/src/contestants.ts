import type { Engine, Network } from '@floatpath/core';
import {
  calibrateDeviations,
  layerByLayer,
  repressFloatPaths,
  wienerDenoiser,
} from '@floatpath/sc-rfp';
import type { Partition } from '@floatpath/path-decomp';
import { emitCopy } from '@floatpath/sc-rfp';
import { gatesOf, type GraphBuilder } from '@floatpath/engine';
import { integerGaussian } from '@floatpath/smoothing';
import type { ImageSource } from './data.js';
import { combine } from './designs/combine.js';
import { withHead } from './designs/dense-layers.js';
import { fixedUpToLayers, layerLambda, learnLambdas, noisyLogits } from './designs/layer-lambda.js';
import {
  allFloat,
  behindLook,
  denoisedLook,
  differsFromLook,
  nearAtLook,
  type Look,
} from './designs/look.js';
import { opposing } from './designs/opposing.js';
import { fitWeights } from './combination-weights.js';
import { fineTune } from './fine-tune.js';
import { noisyImages } from './noisy-images.js';
import type { Plan, PlannedNetwork } from './plan.js';
import { emitRidgeDenoised, learnRidgeDenoiser } from './ridge-denoiser.js';
import { unitErrors } from './unit-errors.js';

/** One design at one setting, and the networks that it has to beat beside plain. */
export interface Contestant {
  readonly design: string;
  readonly setting: string;
  readonly network: Network;
  readonly controls: readonly string[];
}

export interface Contest {
  readonly contestants: readonly Contestant[];
  readonly controls: ReadonlyMap<string, Network>;
  /** What was learned on the way, for the record. */
  readonly learned: Readonly<Record<string, unknown>>;
}

const SEED = 0;

/** float units: lambda times their own output plus the rest of the one at the look. */
function restored(network: Network, look: Look, partition: Partition, lambda: number): Network {
  const wanted = gatesOf(network).map((gate) => gate.output);
  const copies = new WeakMap<GraphBuilder, ReadonlyMap<string, string>>();
  const outputs = new Map(gatesOf(network).map((gate) => [gate.node.name, gate.output]));
  return layerByLayer(network, partition, (graph, { node, output }) => {
    const copy = copies.get(graph) ?? emitCopy(graph, network, [look(graph)], wanted);
    copies.set(graph, copy);
    const there = copy.get(outputs.get(node.name) ?? '') as string;
    if (lambda === 0) return there;
    return graph.add('Add', [
      graph.add('Mul', [output, graph.scalar(lambda)]),
      graph.add('Mul', [there, graph.scalar(1 - lambda)]),
    ]);
  });
}

/** Builds every design of the plan for one network, learning what it learns on training images. */
export async function buildContest(
  engine: Engine,
  network: Network,
  { sigma, dataset }: PlannedNetwork,
  source: ImageSource,
  plan: Plan,
): Promise<Contest> {
  const trainingImages = (
    range: 'deviations' | 'wiener' | 'learnedDenoiser' | 'learnedWeights' | 'fineTuning',
  ) => source('train', plan.images[range][dataset]);
  const calibration = await calibrateDeviations(
    engine,
    network,
    trainingImages('deviations').images,
    {
      noise: integerGaussian({ sigma, bounds: [0, 1] }),
      draws: plan.images.deviations.draws,
      seed: SEED,
      batchSize: 64,
      modelHash: network.name,
    },
  );
  const { deviations } = calibration;
  const denoiser = wienerDenoiser(trainingImages('wiener').images, { kind: 'conv', sigma });
  const look = denoisedLook(network, denoiser);
  const near = nearAtLook(network, look, { kappa: 1, deviations });
  const pathSum = (partition: Partition, lambda: number, of = network): Network =>
    repressFloatPaths(of, { partition, lambdas: [lambda], form: 'path-sum' });

  const contestants: Contestant[] = [];
  const enter = (
    design: string,
    controls: readonly string[],
    settings: Record<string, Network>,
  ) => {
    for (const [setting, made] of Object.entries(settings)) {
      contestants.push({ design, setting, network: made, controls });
    }
  };
  const alone = behindLook(network, look);
  const denoised = { half: pathSum(near, 0.5), most: pathSum(near, 0.75) };
  const usual = ['denoiser alone', 'average with denoised'];
  const controls = new Map<string, Network>([
    ['denoiser alone', alone],
    ['average with denoised', combine([network, alone], [0.5, 0.5])],
  ]);
  enter('denoised', usual, { 'lambda 0.5': denoised.half, 'lambda 0.75': denoised.most });

  const { heads, losses } = await fineTune(
    engine,
    network,
    { look, deviations },
    trainingImages('fineTuning'),
    {
      ...{ sigma, lambda: 0.5, epochs: plan.images.fineTuning.epochs, rate: 0.005, batch: 50 },
      seed: SEED,
    },
  );
  const trained = withHead(network, heads.repressed);
  controls.set('plain, fine-tuned', withHead(network, heads.plain));
  controls.set('denoiser alone, fine-tuned', behindLook(withHead(network, heads.denoised), look));
  const averaged = withHead(network, heads.average);
  controls.set('average, fine-tuned', combine([averaged, behindLook(averaged, look)], [0.5, 0.5]));
  enter('trained', [...controls.keys()].slice(-3), {
    'lambda 0.5': pathSum(near, 0.5, trained),
    'lambda 0.75': pathSum(near, 0.75, trained),
  });

  const errors = await unitErrors(engine, network, look, trainingImages('deviations'), {
    sigma,
    draws: 8,
    seed: SEED + 1,
  });
  const byUnit = (kappa: number) => nearAtLook(network, look, { kappa, deviations: errors });
  enter('unit-kappa', usual, {
    'kappa 1, lambda 0.5': pathSum(byUnit(1), 0.5),
    'kappa 2, lambda 0.5': pathSum(byUnit(2), 0.5),
    'kappa 1, lambda 0.75': pathSum(byUnit(1), 0.75),
  });

  const parts = fixedUpToLayers(network, near);
  const { logits, labels } = await noisyLogits(
    engine,
    [...parts, alone],
    trainingImages('learnedWeights'),
    {
      sigma,
      draws: plan.images.learnedWeights.draws,
      seed: SEED + 2,
    },
  );
  const classes = (logits[0] as Float64Array).length / labels.length;
  const lambdas = learnLambdas(logits.slice(0, -1), labels, classes);
  const weights = fitWeights(
    {
      offset: new Float64Array(labels.length * classes),
      terms: [logits[0], logits.at(-1)] as Float64Array[],
      ...{ labels, classes },
    },
    [0.5, 0.5],
  );
  controls.set('average with learned weights', combine([network, alone], weights));
  enter('layer-lambda', [...usual, 'average with learned weights'], {
    learned: layerLambda(parts, lambdas),
  });

  const patches = trainingImages('learnedDenoiser');
  const noisyPatches = noisyImages(patches.images, patches.ids, {
    sigma,
    seed: SEED + 3,
    round: 0,
  });
  const ridge = learnRidgeDenoiser(patches.images, noisyPatches, SEED);
  const ridgeLook: Look = (graph) => emitRidgeDenoised(graph, ridge, network.inputs[0]?.name ?? '');
  const nearRidge = nearAtLook(network, ridgeLook, { kappa: 1, deviations });
  const behindRidge = behindLook(network, ridgeLook);
  controls.set('learned denoiser alone', behindRidge);
  controls.set('average with learned denoiser', combine([network, behindRidge], [0.5, 0.5]));
  enter('learned-denoiser', ['learned denoiser alone', 'average with learned denoiser'], {
    'lambda 0.5': pathSum(nearRidge, 0.5),
    'lambda 0.75': pathSum(nearRidge, 0.75),
  });

  for (const lambda of [0, 0.5]) {
    const name = `opposing without a partition, lambda ${lambda}`;
    controls.set(name, opposing(network, look, { partition: allFloat, lambda }));
    enter('opposing', [...usual, name], {
      [`lambda ${lambda}`]: opposing(network, look, { partition: near, lambda }),
    });
  }

  const differs = differsFromLook(network, look);
  enter('signs-at-denoised', usual, {
    'path-sum, lambda 0.5': pathSum(differs, 0.5),
    'layerwise, lambda 0.5': repressFloatPaths(network, {
      partition: differs,
      lambdas: [0.5],
      form: 'layerwise',
    }),
    'layerwise, lambda 0': repressFloatPaths(network, {
      partition: differs,
      lambdas: [0],
      form: 'layerwise',
    }),
  });

  for (const lambda of [0.5, 0]) {
    const name = `mixing at every unit, lambda ${lambda}`;
    controls.set(name, restored(network, look, allFloat, lambda));
    enter('restored', [...usual, name], {
      [`kappa 1, lambda ${lambda}`]: restored(network, look, near, lambda),
    });
  }

  enter('repressed-average', usual, {
    'lambda 0.5': combine([denoised.half, alone], [0.5, 0.5]),
    'lambda 0.75': combine([denoised.most, alone], [0.5, 0.5]),
  });
  return { contestants, controls, learned: { losses, lambdas, averageWeights: weights } };
}
