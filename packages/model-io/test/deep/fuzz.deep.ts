import { describe, expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { formats } from '../fuzz/formats/all.js';
import { fuzz, MOST_MEGABYTES, MOST_SECONDS, type FuzzSummary } from '../fuzz/harness.js';

const MUTANTS = 20_000;
const SEED = 1;

describe('damaged files, at length', () => {
  const summaries: FuzzSummary[] = [];

  test.each(formats)('$format', (target) => {
    const summary = fuzz(target, { count: MUTANTS, seed: SEED });
    expect(summary.slowestSeconds).toBeLessThan(MOST_SECONDS);
    summaries.push(summary);
  });

  test('evidence', () => {
    expect(summaries.length).toBe(formats.length);
    writeEvidence('fuzz', {
      claim: `${MUTANTS} damaged files per format: no crash, none over ${MOST_SECONDS} s, none over 10 times the file plus ${MOST_MEGABYTES} MB, no path out of the model's folder; every refusal is coded and names its place`,
      command: 'npm run test:deep -- packages/model-io/test/deep/fuzz.deep.ts',
      seed: SEED,
      numbers: summaries.map((summary) => ({
        ...summary,
        slowestSeconds: Number(summary.slowestSeconds.toFixed(3)),
        mostMegabytes: Number(Math.max(0, summary.mostMegabytes).toFixed(1)),
      })),
    });
  });
});
