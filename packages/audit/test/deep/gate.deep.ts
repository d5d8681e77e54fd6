import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import type { Verdict } from '../../src/index.js';
import { radii, verdictOnPair } from '../gate-simulation.js';

const PAIRS = 2000;

const failed = (broken: number): Verdict[] =>
  Array.from({ length: PAIRS }, (_, pair) => verdictOnPair(pair, broken)).filter(
    ({ passed }) => !passed,
  );

test('false alarms and blocked drops of the gate, on redrawn counts', () => {
  const blocked = [0, 5, 10, 15, 20, 25].map((lost) => ({ lost, blocked: failed(lost).length }));
  writeEvidence('gate', {
    claim:
      'of 2,000 unchanged pairs with draws of their own at most 1 % are stopped; of 2,000 pairs weakened by 5 points on 500 images at least 90 % are',
    command: 'npm run test:deep -- packages/audit/test/deep/gate',
    seed: 20,
    numbers: {
      images: 500,
      rules: radii.map((r) => `certified@${r} >= baseline`),
      pairs: PAIRS,
      blocked,
    },
  });
  expect(blocked[0]?.blocked).toBeLessThanOrEqual(PAIRS * 0.01);
  expect(blocked.at(-1)?.blocked).toBeGreaterThanOrEqual(PAIRS * 0.9);
});
