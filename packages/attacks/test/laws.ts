import { expect } from 'vitest';
import { argmaxRows, rowsOf, sizeOf, type Attack, type AttackResult } from '@floatpath/core';
import { takeCriterion, takeRegion, takeRows } from '../src/take-rows.js';
import type { Scenario } from './scenarios.js';

export function runOn(attack: Attack, scenario: Scenario): Promise<AttackResult> {
  const { classifier, x, criterion, region, options } = scenario;
  return attack.run(classifier, x, criterion, region, options);
}

/** |x' - x| <= epsilon and low <= x' <= high, in float64, with no tolerance; and the distance that was reported. */
export async function staysInside(attack: Attack, scenario: Scenario): Promise<void> {
  const { x, region } = scenario;
  const { adversarial, rows } = await runOn(attack, scenario);
  expect(adversarial.data.every((v) => v >= 0 && v <= 1)).toBe(true);
  const size = sizeOf(x.shape.slice(1));
  rows.forEach((row, i) => {
    const gaps = Array.from({ length: size }, (_, j) =>
      Math.abs((adversarial.data[i * size + j] as number) - (x.data[i * size + j] as number)),
    );
    const norms = {
      linf: Math.max(...gaps),
      l2: Math.sqrt(gaps.reduce((sum, gap) => sum + gap * gap, 0)),
      l1: gaps.reduce((sum, gap) => sum + gap, 0),
    };
    if (region.kind === 'ball') {
      expect(norms[region.norm]).toBeLessThanOrEqual(region.epsilon);
      expect(row.distance).toBe(norms[region.norm]);
    } else {
      expect(row.distance).toBe(norms.linf);
      for (let j = i * size; j < (i + 1) * size; j += 1) {
        expect(adversarial.data[j]).toBeGreaterThanOrEqual(region.low.data[j] as number);
        expect(adversarial.data[j]).toBeLessThanOrEqual(region.high.data[j] as number);
      }
    }
  });
}

/** Status and predicted label are those of the returned rows, and rows wrong already come back untouched. */
export async function tellsTheTruth(attack: Attack, scenario: Scenario): Promise<void> {
  const { classifier, x, criterion } = scenario;
  const { adversarial, rows } = await runOn(attack, scenario);
  const before = argmaxRows(classifier.logitsNow(x));
  const after = argmaxRows(classifier.logitsNow(adversarial));
  rows.forEach(({ status, predicted }, row) => {
    const label = criterion.labels[row];
    expect(predicted).toBe(after[row]);
    const wanted = criterion.kind === 'targeted' ? criterion.targets[row] : undefined;
    const met = wanted === undefined ? predicted !== label : predicted === wanted;
    const expected = before[row] !== label ? 'already-wrong' : met ? 'success' : 'failed';
    expect(status).toBe(expected);
    if (status === 'already-wrong') {
      expect(rowsOf(adversarial, row, row + 1).data).toEqual(rowsOf(x, row, row + 1).data);
    }
  });
}

/** The criterion's margin at the returned row is at least that at x. */
export async function isNeverWorseThanClean(attack: Attack, scenario: Scenario): Promise<void> {
  const { classifier, x, criterion } = scenario;
  const { adversarial, rows } = await runOn(attack, scenario);
  const [before, after] = [x, adversarial].map((at) => classifier.logitsNow(at));
  rows.forEach((_, row) => {
    const margins = [before, after].map((logits) => {
      const z = [...rowsOf(logits as typeof x, row, row + 1).data];
      const wanted = criterion.kind === 'targeted' ? criterion.targets[row] : criterion.labels[row];
      const gap = Math.max(...z.filter((__, j) => j !== wanted)) - (z[wanted ?? 0] as number);
      return criterion.kind === 'targeted' ? -gap : gap;
    });
    expect(margins[1]).toBeGreaterThanOrEqual(margins[0] as number);
  });
}

/** Same bits for batches of 1, 3 and 64, and for permuted rows that keep their image ids. */
export async function ignoresItsBatch(attack: Attack, scenario: Scenario): Promise<void> {
  const { x, criterion, region, options } = scenario;
  const whole = await runOn(attack, scenario);
  for (const batchSize of [1, 3]) {
    const other = await runOn(attack, { ...scenario, options: { ...options, batchSize } });
    expect(other).toEqual(whole);
  }
  const order = Array.from(criterion.labels.keys()).reverse();
  const reversed = await runOn(attack, {
    ...scenario,
    x: takeRows(x, order),
    criterion: takeCriterion(criterion, order) as Scenario['criterion'],
    region: takeRegion(region, order),
    options: { ...options, images: options.images.slice().reverse() },
  });
  expect(takeRows(reversed.adversarial, order)).toEqual(whole.adversarial);
  expect(order.map((row) => reversed.rows[row])).toEqual(whole.rows);
}

/** Epsilon 0 leaves x, bit for bit. */
export async function staysAtEpsilonZero(attack: Attack, scenario: Scenario): Promise<void> {
  if (scenario.region.kind !== 'ball') return;
  const region = { ...scenario.region, epsilon: 0 };
  const { adversarial } = await runOn(attack, { ...scenario, region });
  expect(adversarial.data).toEqual(scenario.x.data);
}
