import { expect, test } from 'vitest';
import { summarizeExplanation } from '../src/explain/explain-summary.js';
import { explain, explainableModel, explanationHtml, explanationLines } from '../src/index.js';
import { engine, tinyAudit } from './tiny.js';

test('the mean of fewer than six failures has no interval', async () => {
  const { models, data, settings } = await tinyAudit();
  const { preprocessing, seed, batchSize } = settings;
  const { model } = models[0] as (typeof models)[0];
  const ready = await explainableModel(model, data, preprocessing, engine, {
    allowInaccurate: true,
  });
  const { explanation } = await explain(
    ready,
    data,
    {
      ...{ norm: 'l2', epsilon: 3, attacks: ['pgd'], neighborhood: 'segment' },
      ...{ evidence: 'segment', proof: null, preprocessing, seed, batchSize },
    },
    undefined,
    { engine, precision: 'float32', version: '0', pictures: false },
  );
  const failures = explanation.rows.filter(({ failure }) => failure !== null);
  expect(failures.length).toBeGreaterThanOrEqual(6);
  const of = (count: number) => {
    const summary = summarizeExplanation(failures.slice(0, count), 0);
    const some = { ...explanation, summary, rows: failures.slice(0, count) };
    const row = explanationLines(some).find((text) => text.includes('lost in all'));
    return { summary, row, page: explanationHtml(some, []) };
  };
  const [one, five, six] = [of(1), of(5), of(6)];
  expect(one.summary.drop).toEqual({
    ...{ mean: failures[0]?.failure?.ledger.drop, low: null, high: null },
  });
  expect(five.summary.gates.every(({ share }) => share.low === null)).toBe(true);
  expect(five.row).not.toContain('[');
  expect(five.page).toContain('too few for an interval');
  expect(six.row).toContain('[');
  expect(six.page).toContain('95 % bootstrap interval');
  const { mean, low, high } = six.summary.drop as { mean: number; low: number; high: number };
  expect(low).toBeLessThan(mean);
  expect(high).toBeGreaterThan(mean);
});
