import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { float32Tensor } from '@floatpath/core';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import type { LabelledImages } from '@floatpath/sc-rfp';
import { expect, test } from 'vitest';
import type { Contestant } from '../contestants.js';
import { createImageSource, missing, readNetwork, type ImageSource } from '../data.js';
import { outcomeOf } from '../outcome.js';
import { writePage } from '../page-file.js';
import { report } from '../report.js';
import { contestantName, select } from '../select.js';
import { secondContest } from './contest.js';
import { readSecondPlan, type SecondNetwork } from './plan.js';

function reportImages(source: ImageSource, planned: SecondNetwork): LabelledImages {
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

test.skipIf(missing)('every design of the second plan, trained, chosen and reported', async () => {
  const plan = readSecondPlan();
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
    const contest = await secondContest(engine, network, planned, source, plan);
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
      ...plan.report,
      sigma,
    });
    console.log(planned.id, 'reported', minutes(), 'CPU minutes');
    networks.push({ ...planned, learned: contest.learned, selection, reported });
  }
  const outcome = outcomeOf(networks);
  const text = {
    schema: 'floatpath/experiment-results@1',
    command: 'npm run test:deep -- second-round',
    plan: 'experiments/plan-2.json',
    goalReached: outcome.goalReached,
    cpuMinutes: minutes(),
    networks: outcome.networks,
  };
  writeFileSync(
    new URL('../../results-2.json', import.meta.url),
    `${JSON.stringify(text, null, 1)}\n`,
  );
  writePage();
  for (const { selection } of outcome.networks) {
    expect(selection.tried.map(({ design }) => design)).toEqual(plan.designs.map(({ id }) => id));
  }
});
