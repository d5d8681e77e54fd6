import type { Tensor } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { analyze, segmentBetween, type Analysis } from '@floatpath/activation-patterns';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRestorer, flipBack, marginLedger, preparePaths } from '../../src/index.js';
import { ortNode } from '../ort.js';
import { labelOf, restoredLogits } from '../restored.js';

const engines = [referenceEngine(), ortNode()];

/** Every subset of `units`, smallest first. */
function powerSet(units: readonly number[]): number[][] {
  const sets = Array.from({ length: 2 ** units.length }, (_, bits) =>
    units.filter((__, i) => (bits >> i) & 1),
  );
  return sets.sort((a, b) => a.length - b.length);
}

interface Failure {
  readonly analysis: Analysis;
  readonly x: Tensor;
  readonly adversarial: Tensor;
  readonly label: number;
  readonly segment: ReturnType<typeof segmentBetween>;
}

/** Two inputs with different labels: the first one's is what should come back. */
function failureOf(analysis: Analysis, x: Tensor, adversarial: Tensor): Failure | undefined {
  const segment = segmentBetween(analysis, x, adversarial);
  const label = labelOf(segment.logits.start);
  if (labelOf(segment.logits.end) === label) return undefined;
  return { analysis, x, adversarial, label, segment };
}

const ordered = ({ analysis, x, adversarial, label, segment }: Failure): number[] =>
  [...marginLedger(preparePaths(analysis), { x, adversarial, label, neighborhood: segment }).rows]
    .sort((a, b) => b.share - a.share || a.unit - b.unit)
    .map(({ unit }) => unit);

describe.each(engines)('restoring units on $name', (engine) => {
  it('gives what restoring them one by one by hand gives', async () => {
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point, coins }) => {
        const analysis = analyze(network);
        const segment = segmentBetween(analysis, point(0), point(1));
        const units = Array.from(coins(3, analysis.layout.units).entries());
        const all = units.map(([unit]) => unit);
        const some = units.filter(([, coin]) => coin === 1).map(([unit]) => unit);
        const logits = restoredLogits(analysis, point(1), some, segment.selections);
        await using restorer = await createRestorer(engine, analysis, { batchSize: 3 });
        const sets = [[], some, all, some];
        for (let label = 0; label < logits.length; label += 1) {
          const request = { adversarial: point(1), label, selections: segment.selections };
          const expected = sets.map(
            (set) => labelOf(restoredLogits(analysis, point(1), set, segment.selections)) === label,
          );
          expect(await restorer.inFloat64(request)(sets)).toEqual(expected);
          expect(await restorer.onEngine(request)(sets)).toEqual(expected);
        }
        if (logits.some((v, j) => v !== segment.logits.end[j])) moved += 1;
      }),
      { numRuns: 60 },
    );
    expect(moved).toBeGreaterThan(15);
  });

  it('flips back what it says, and nothing of it can be left out', async () => {
    const kinds = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point }) => {
        const analysis = analyze(network);
        const failure = [1, 2, 3, 4, 5, 6, 7, 8]
          .map((end) => failureOf(analysis, point(0), point(end)))
          .find((found) => found !== undefined);
        if (failure === undefined) return;
        const { adversarial, label, segment } = failure;
        await using restorer = await createRestorer(engine, analysis, { batchSize: 64 });
        const order = ordered(failure);
        const answer = await flipBack(restorer, {
          adversarial,
          label,
          neighborhood: segment,
          order,
        });
        const flips = (set: readonly number[]): boolean =>
          labelOf(restoredLogits(analysis, adversarial, set, segment.selections)) === label;
        kinds.set(answer.kind, (kinds.get(answer.kind) ?? 0) + 1);
        if (answer.kind === 'found') {
          expect(flips(answer.units)).toBe(true);
          for (const unit of answer.units) {
            expect(flips(answer.units.filter((other) => other !== unit))).toBe(false);
          }
        } else expect(flips(order)).toBe(false);
        if (order.length <= 10) {
          const best = powerSet(order).find(flips);
          if (answer.kind === 'found') {
            expect(answer).toMatchObject({ minimum: 'proved', units: { length: best?.length } });
          } else expect([best, answer.kind]).toEqual([undefined, 'none']);
        }
      }),
      { numRuns: 150 },
    );
    expect(kinds.get('found')).toBeGreaterThan(10);
    expect(kinds.get('none')).toBeGreaterThan(10);
  });
});

describe('the search from many float units', () => {
  // A test of sets that is made up: sets flip if they hold 3, 11 and one of 5 or 17, or if they hold 20 without 2.
  const rule = (set: readonly number[]): boolean =>
    (set.includes(3) && set.includes(11) && (set.includes(5) || set.includes(17))) ||
    (set.includes(20) && !set.includes(2));
  const marks = new Uint8Array(40).fill(1);
  const neighborhood = { float: marks, selections: new Uint16Array(40) };
  const adversarial: Tensor = { dtype: 'float64', shape: [1, 1], data: Float64Array.of(0) };
  const request = { adversarial, label: 0, neighborhood };
  const restorerOf = (
    fast: (set: readonly number[]) => boolean,
    exact: (set: readonly number[]) => boolean,
  ): Parameters<typeof flipBack>[0] => ({
    analysis: undefined as unknown as Analysis,
    onEngine: () => async (sets) => Promise.resolve(sets.map(fast)),
    inFloat64: () => async (sets) => Promise.resolve(sets.map(exact)),
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  });
  const order = Array.from(marks, (_, unit) => unit);

  it('ends with a 1-minimal set for every order, though sets do not only grow into flips', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(order, { minLength: 40 }), async (shuffled) => {
        const answer = await flipBack(restorerOf(rule, rule), { ...request, order: shuffled });
        const units = answer.kind === 'found' ? answer.units : [];
        expect(rule(units)).toBe(true);
        for (const unit of units) expect(rule(units.filter((u) => u !== unit))).toBe(false);
      }),
    );
  });

  it('searches again in float64 where the engine was wrong', async () => {
    const wrong = (set: readonly number[]): boolean => set.includes(30);
    const answer = await flipBack(restorerOf(wrong, rule), { ...request, order });
    expect(answer).toMatchObject({ kind: 'found', units: [3, 5, 11] });
  });

  it('says that restoring all does not help', async () => {
    const never = (): boolean => false;
    const answer = await flipBack(restorerOf(never, never), { ...request, order });
    expect(answer).toEqual({ kind: 'none-found-from-all', candidates: 40 });
  });

  it.each([[[1, 2]], [[...order.slice(1), 1]]])('an order that is none is refused', async (bad) => {
    await expect(flipBack(restorerOf(rule, rule), { ...request, order: bad })).rejects.toThrow(
      'flipBack: expected an order of the 40 float units',
    );
  });
});
