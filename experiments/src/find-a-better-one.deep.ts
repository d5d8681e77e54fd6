import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { holm } from '@floatpath/statistics';
import { expect, test } from 'vitest';
import { buildContest, type Contestant } from './contestants.js';
import { createImageSource, missing, readNetwork } from './data.js';
import { experimentPage } from './page.js';
import { readPlan } from './plan.js';
import { report } from './report.js';
import { contestantName, select } from './select.js';
import { successOf } from './success.js';

const CHOSEN = 2;
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
    const comparisons = networks.flatMap(({ reported }) => reported.comparisons);
    const adjusted = holm(comparisons.map(({ pValue }) => pValue));
    const results = networks.map((network) => {
      const from = comparisons.indexOf(network.reported.comparisons[0] as never);
      const tested = network.reported.comparisons.map((comparison, i) => ({
        ...comparison,
        adjustedPValue: adjusted[from + i] as number,
      }));
      return {
        ...network,
        reported: { ...network.reported, comparisons: tested },
        verdicts: successOf(network.reported.networks, tested),
      };
    });
    const { user, system } = process.cpuUsage(begun);
    const succeeded = (dataset: string) =>
      results.some((r) => r.dataset === dataset && r.verdicts.some((v) => v.success));
    const goalReached = succeeded('mnist') && succeeded('cifar10');
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
    const page = experimentPage(outcome, plan.designs);
    writeFileSync(new URL('../../apps/docs/find-a-better-one.md', import.meta.url), page);
    // Everything of the plan was tried, on every network; the outcome is whatever it is.
    for (const { selection } of results) {
      const tried = selection.tried.map(contestantName);
      expect(tried).toEqual(
        plan.designs.flatMap(({ id, settings }) => settings.map((s) => `${id}: ${s}`)),
      );
    }
  },
);
