import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmaxRows, oneHotLogits, type AttackResult, type Classifier } from '@floatpath/core';
import { hopSkipJump, rays, square, type SearchAttack } from '../../src/index.js';
import { runOn } from '../laws.js';
import { scenarios, type Scenario } from '../scenarios.js';

const attacks: readonly {
  readonly name: string;
  readonly of: (queries: number) => SearchAttack;
}[] = [
  { name: 'hopSkipJump', of: (queries) => hopSkipJump({ queries, firstLabels: 8 }) },
  { name: 'rays', of: (queries) => rays({ queries }) },
];

type Law = (scenario: Scenario) => Promise<void>;
const holds = (law: Law, numRuns = 25): Promise<void> =>
  Promise.resolve(fc.assert(fc.asyncProperty(scenarios, law), { numRuns }));
const noticed = (law: Law, reason: RegExp): Promise<void> =>
  expect(holds(law, 200)).rejects.toMatchObject({
    cause: { message: expect.stringMatching(reason) as string },
  });

/** The labels of a classifier and nothing else: whoever wants a gradient gets an error. */
function labelsOf(classifier: Classifier): Classifier {
  const { inputShape, classes, bounds } = classifier;
  return {
    inputShape,
    classes,
    bounds,
    logits: async (x) => oneHotLogits(argmaxRows(await classifier.logits(x)), classes),
    gradient: () => Promise.reject(new Error('asked for a gradient')),
  };
}

const needsLabelsAlone =
  (attack: SearchAttack): Law =>
  async ({ classifier, x, criterion, region, options }) => {
    const own = await attack.run(classifier, x, criterion, region, options);
    const alone = await attack.run(labelsOf(classifier), x, criterion, region, options);
    expect(alone).toEqual(own);
  };

/** The rows that went through the classifier: those of the budget, x, and the returned row. */
const keepsTo =
  (attack: SearchAttack, queries: number): Law =>
  async (scenario) => {
    let asked = 0;
    const { logits } = scenario.classifier;
    const counting = {
      ...scenario.classifier,
      logits: (x: Parameters<typeof logits>[0]) => {
        asked += x.shape[0] ?? 0;
        return logits(x);
      },
    };
    const result = await runOn(attack, { ...scenario, classifier: counting });
    expect(result.queries).toEqual({ forward: asked, backward: 0 });
    expect(asked).toBeLessThanOrEqual(result.rows.length * (queries + 2));
  };

const gainsFromQueries =
  (of: (queries: number) => SearchAttack): Law =>
  async (scenario) => {
    let before: AttackResult | undefined;
    for (const queries of [3, 17, 40, 90]) {
      const now = await runOn(of(queries), scenario);
      before?.rows.forEach(({ status, distance }, row) => {
        if (status !== 'success') return;
        expect(now.rows[row]?.status).toBe('success');
        expect(now.rows[row]?.distance).toBeLessThanOrEqual(distance);
      });
      before = now;
    }
  };

/** Unbroken rows are x itself. */
const leavesTheUnbroken =
  (attack: SearchAttack): Law =>
  async (scenario) => {
    const { rows } = await runOn(attack, scenario);
    for (const { status, distance } of rows) {
      if (status === 'success') expect(distance).toBeGreaterThan(0);
      else expect(distance).toBe(0);
    }
  };

describe.each(attacks)('$name', ({ of }) => {
  it('does the same, bit for bit, where there is nothing but labels', () =>
    holds(needsLabelsAlone(of(50))));
  it('never asks for more than its budget', () => holds(keepsTo(of(23), 23)));
  it('never gets worse from more queries', () => holds(gainsFromQueries(of), 20));
  it('gives unbroken rows back as they were', () => holds(leavesTheUnbroken(of(30))));
});

describe('the laws notice', () => {
  it('an attack that sees more than labels', async () => {
    await noticed(needsLabelsAlone(square({ queries: 50 })), /deeply equal/);
  });

  it('a budget that is overdrawn', async () => {
    await noticed(keepsTo(rays({ queries: 24 }), 23), /less than or equal/);
  });

  it('draws that depend on the budget', async () => {
    const redrawn = (queries: number): SearchAttack => {
      const attack = hopSkipJump({ queries, firstLabels: 8 });
      return {
        ...attack,
        run: (classifier, x, criterion, region, options) =>
          attack.run(classifier, x, criterion, region, { ...options, seed: queries }),
      };
    };
    await noticed(gainsFromQueries(redrawn), /less than or equal|to be/);
  });
});
