import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { float32Tensor, type Engine, type Network } from '@floatpath/core';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import type { LabelledImages } from '@floatpath/sc-rfp';
import type { Contest, Contestant } from '../contestants.js';
import { createImageSource, readNetwork, type ImageSource, type Range } from '../data.js';
import { outcomeOf } from '../outcome.js';
import { writePage } from '../page-file.js';
import type { Plan, PlannedNetwork } from '../plan.js';
import { report } from '../report.js';
import type { SecondPlan } from '../second/plan.js';
import { contestantName, select } from '../select.js';

interface RoundNetwork extends PlannedNetwork {
  readonly moreReport?: Range;
}

interface RoundPlan<N extends RoundNetwork> extends Pick<Plan, 'selection'> {
  readonly networks: readonly N[];
  readonly images: Pick<SecondPlan['images'], 'selection'>;
}

function reportImages(source: ImageSource, planned: RoundNetwork): LabelledImages {
  const first = source('test', planned.report);
  if (planned.moreReport === undefined) return first;
  const more = source('test', planned.moreReport);
  const [, ...shape] = first.images.shape;
  const ids = Uint32Array.of(...first.ids, ...more.ids);
  return {
    images: float32Tensor(
      [ids.length, ...shape],
      Float32Array.from([...first.images.data, ...more.images.data]),
    ),
    labels: Int32Array.from([...Array.from(first.labels), ...Array.from(more.labels)]),
    ids,
  };
}

/** Where a round is planned, how it is run and where its results go. */
export interface RoundFiles {
  readonly command: string;
  readonly plan: string;
  /** Of `experiments/`. */
  readonly results: string;
}

/**
 * Trains, selects and reports for every network of a plan, one design per network on its report images, and writes the results
 * and the page.
 *
 * @param train - every design and control of one network
 * @param certificates - of the report on one network
 * @returns per network the designs that were tried
 */
export async function runRound<N extends RoundNetwork>(
  plan: RoundPlan<N>,
  train: (engine: Engine, network: Network, planned: N, source: ImageSource) => Promise<Contest>,
  certificates: (planned: N) => Plan['report'],
  files: RoundFiles,
): Promise<readonly (readonly string[])[]> {
  const engine = ortEngine(
    createRequire(import.meta.url)('onnxruntime-node') as OrtModule,
    'onnxruntime-node',
  );
  const begun = process.cpuUsage();
  const minutes = (): number => {
    const { user, system } = process.cpuUsage(begun);
    return Math.round((user + system) / 6e6) / 10;
  };
  const networks = [];
  for (const planned of plan.networks) {
    const network = readNetwork(planned.id);
    const source = createImageSource(planned.dataset);
    const contest = await train(engine, network, planned, source);
    console.log(planned.id, 'trained', minutes(), 'CPU minutes');
    const { sigma } = planned;
    const [part, from, to] = plan.images.selection[planned.dataset];
    const selection = await select(engine, network, contest, source(part, [from, to]), {
      ...{ sigma, seed: plan.selection.seed, draws: plan.images.selection.draws },
    });
    console.log(planned.id, 'selected', selection.order[0], minutes(), 'CPU minutes');
    const best = contest.contestants.find((c) => contestantName(c) === selection.order[0]);
    const images = reportImages(source, planned);
    const reported = await report(engine, network, [best as Contestant], contest, images, {
      ...certificates(planned),
      sigma,
    });
    console.log(planned.id, 'reported', minutes(), 'CPU minutes');
    networks.push({ ...planned, learned: contest.learned, selection, reported });
  }
  const outcome = outcomeOf(networks);
  const text = {
    schema: 'floatpath/experiment-results@1',
    command: files.command,
    plan: files.plan,
    goalReached: outcome.goalReached,
    cpuMinutes: minutes(),
    networks: outcome.networks,
  };
  writeFileSync(
    new URL(`../../${files.results}`, import.meta.url),
    `${JSON.stringify(text, null, 1)}\n`,
  );
  writePage();
  return outcome.networks.map(({ selection }) => selection.tried.map(({ design }) => design));
}
