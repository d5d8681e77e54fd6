import { expect, test } from 'vitest';
import { missing } from '../data.js';
import { runRound } from '../training/round.js';
import { secondContest } from './contest.js';
import { readSecondPlan } from './plan.js';

test.skipIf(missing)('every design of the second plan, trained, chosen and reported', async () => {
  const plan = readSecondPlan();
  const tried = await runRound(
    plan,
    (engine, network, planned, source) => secondContest(engine, network, planned, source, plan),
    () => plan.report,
    {
      command: 'npm run test:deep -- second-round',
      plan: 'experiments/plan-2.json',
      results: 'results-2.json',
    },
  );
  for (const designs of tried) expect(designs).toEqual(plan.designs.map(({ id }) => id));
});
