import { binomialUpperTail } from '@floatpath/statistics';
import { expect, test } from 'vitest';
import { verdictOnPair } from '../gate-simulation.js';

const pairs = Array.from({ length: 200 }, (_, pair) => pair);
/** Whether so many alarms of 200 fit a probability of at most .01 each; a right gate fails this once in 10,000 seeds. */
const fits = (alarms: number): boolean => binomialUpperTail(alarms, pairs.length, 0.01) >= 1e-4;

test('200 pairs of one network with draws of their own raise no more alarms than the level allows', () => {
  const verdicts = pairs.map((pair) => verdictOnPair(pair, 0));
  expect(fits(verdicts.filter(({ passed }) => !passed).length)).toBe(true);
  // Planted fault: a gate that fails on any drop, significant or not.
  const naive = verdicts.filter(({ outcomes }) =>
    outcomes.some((outcome) => outcome.kind === 'baseline' && outcome.lost > outcome.gained),
  );
  expect(fits(naive.length)).toBe(false);
});

test('a network weakened by 5 points on 500 images is blocked in at least 90 % of 200 pairs', () => {
  const blocked = pairs.filter((pair) => !verdictOnPair(pair, 25).passed);
  expect(blocked.length).toBeGreaterThanOrEqual(180);
});
