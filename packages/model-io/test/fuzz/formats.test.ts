import { describe, expect, test } from 'vitest';
import { formats } from './formats/all.js';
import { fuzz } from './harness.js';

/** 20,000 in test/deep/fuzz.deep.ts. */
const MUTANTS = 2000;

describe('damaged files', () => {
  test.each(formats)(
    '$format: no crash, no hang, no memory beyond the file, every refusal names its place',
    (target) => {
      const summary = fuzz(target, { count: MUTANTS, seed: 20230501 });
      // Damage that is always refused, or never, tests nothing.
      const refused = summary.mutants - summary.accepted;
      expect(summary.accepted).toBeGreaterThan(MUTANTS / 100);
      expect(refused).toBeGreaterThan(MUTANTS / 20);
    },
  );
});
