import { expect, test } from 'vitest';
import { missing } from '../data.js';
import { runRound } from '../training/round.js';
import { thirdContest } from './contest.js';
import { readThirdPlan } from './plan.js';

test.skipIf(missing)('every design of the third plan, trained, chosen and reported', async () => {
  const plan = readThirdPlan();
  const tried = await runRound(
    plan,
    (engine, network, planned, source) => thirdContest(engine, network, planned, source, plan),
    ({ n }) => ({ ...plan.report, n }),
    {
      command: 'npm run test:deep -- third-round',
      plan: 'experiments/plan-3.json',
      results: 'results-3.json',
    },
  );
  for (const designs of tried) expect(designs).toEqual(plan.designs.map(({ id }) => id));
});
