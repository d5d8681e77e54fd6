import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { expect, test } from 'vitest';
import { buildContest, type Contestant } from './contestants.js';
import { createImageSource, missing, readNetwork } from './data.js';
import { outcomeOf } from './outcome.js';
import { writePage } from './page-file.js';
import { readPlan } from './plan.js';
import { report } from './report.js';
import { contestantName, select } from './select.js';

const CHOSEN = 2;
const SELECTION_DRAWS = 200;
const YARDSTICK = 'denoised';

test.skipIf(missing)(
  'every design of the plan, chosen on selection images, reported on others',
  async () => {
    const plan = readPlan();
    const engine = ortEngine(
      createRequire(import.meta.url)('onnxruntime-node') as OrtModule,
      'onnxruntime-node',
    );
    const begun = process.cpuUsage();
    const networks = [];
    for (const planned of plan.networks) {
      const network = readNetwork(planned.id);
      const source = createImageSource(planned.dataset);
      const contest = await buildContest(engine, network, planned, source, plan);
      const selectionImages = source('test', plan.images.selection[planned.dataset]);
      const { sigma } = planned;
      const selection = await select(engine, network, contest, selectionImages, {
        sigma,
        seed: plan.selection.seed,
        draws: SELECTION_DRAWS,
      });
      const byName = new Map(contest.contestants.map((c) => [contestantName(c), c]));
      const chosen = selection.order
        .map((name) => byName.get(name) as Contestant)
        .filter(({ design }) => design !== YARDSTICK)
        .slice(0, CHOSEN);
      const images = source('test', planned.report);
      const reported = await report(engine, network, chosen, contest, images, {
        ...plan.report,
        sigma,
      });
      networks.push({ ...planned, learned: contest.learned, selection, reported });
      const { user, system } = process.cpuUsage(begun);
      console.log(
        planned.id,
        ((user + system) / 6e7).toFixed(1),
        'CPU minutes',
        selection.order[0],
      );
    }
    const { goalReached, networks: results } = outcomeOf(networks);
    const { user, system } = process.cpuUsage(begun);
    const outcome = {
      schema: 'floatpath/experiment-results@1',
      command: 'npm run test:deep -- experiments',
      plan: 'experiments/plan.json',
      goalReached,
      cpuMinutes: Math.round((user + system) / 6e6) / 10,
      networks: results,
    };
    const text = `${JSON.stringify(outcome, null, 1)}\n`;
    writeFileSync(new URL('../results.json', import.meta.url), text);
    writePage();
    // Everything of the plan was tried, on every network; the outcome is whatever it is.
    for (const { selection } of results) {
      const tried = selection.tried.map(contestantName);
      expect(tried).toEqual(
        plan.designs.flatMap(({ id, settings }) => settings.map((s) => `${id}: ${s}`)),
      );
    }
  },
);
