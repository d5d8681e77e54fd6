import { checkEngine, gradientCases } from '@floatpath/engine/conformance';
import { expect, it } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { nativeTfjs } from '../native-tfjs.js';

it('the conformance list on the native addon of tfjs-node', async ({ skip }) => {
  const engine = await nativeTfjs();
  if (typeof engine === 'string') return skip(engine);
  const results = await checkEngine(engine);
  const derivatives = await checkEngine(engine, gradientCases());
  const ops = [...new Set(results.map(({ op }) => op))];
  const cases = Object.fromEntries(
    ops.map((op) => {
      const own = results.filter((result) => result.op === op);
      return [op, { passed: own.filter(({ passed }) => passed).length, of: own.length }];
    }),
  );
  const share = (list: typeof results): number =>
    Math.max(...list.map(({ difference, tolerance }) => (tolerance ? difference / tolerance : 0)));
  writeEvidence('engine-tfjs-node', {
    claim: 'tfjs-node with its native addon agrees with the float64 reference, op by op',
    command: 'npm run tfjs-node && npm run test:deep -- packages/node/test/deep/tfjs-node.deep.ts',
    seed: 0,
    numbers: {
      engine: engine.name,
      cases,
      derivatives: {
        passed: derivatives.filter(({ passed }) => passed).length,
        of: derivatives.length,
      },
      largestShareOfTolerance: { cases: share(results), derivatives: share(derivatives) },
    },
  });
  expect([...results, ...derivatives].filter(({ passed }) => !passed)).toEqual([]);
});
