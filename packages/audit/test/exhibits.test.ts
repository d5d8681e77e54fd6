import { beforeAll, describe, expect, test } from 'vitest';
import { audit, inProcessCounting, type Exhibit, type Report } from '../src/index.js';
import { chooseFailures } from '../src/exhibits/choose.js';
import type { ReportDiagnosis } from '../src/index.js';
import { engine, tinyAudit } from './tiny.js';

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
const exhibits: Exhibit[] = [];
let report: Report;

beforeAll(async () => {
  const { models, data, settings } = await tinyAudit({ epsilon: 1.5 }, ['one']);
  report = await audit(models, data, settings, {
    engine,
    counting: inProcessCounting(engine),
    version: '0',
    onExhibit: (exhibit) => exhibits.push(exhibit),
  });
});

/** Float32 sums of this network's few hundred terms of size 1 differ from the diagnosis by less than this. */
const ROUNDING = 1e-4;

describe('the accounts of a failure', () => {
  test('are made for up to 6 failures, each a row of the report', () => {
    expect(exhibits.length).toBeGreaterThan(0);
    expect(exhibits.length).toBeLessThanOrEqual(6);
    for (const { image, diagnosis, predicted } of exhibits) {
      const row = report.rows.find((r) => r.image === image);
      expect(row?.diagnosis).toEqual(diagnosis);
      expect(row?.adversarial).toMatchObject({ status: 'success', predicted });
    }
  });

  test('the shares of the float units sum to what the float paths lost', () => {
    let accounted = 0;
    for (const { gates, diagnosis } of exhibits) {
      const shares = gates.flatMap(({ float, floatLoss }) =>
        Array.from(floatLoss, (loss, unit) => (float[unit] ? loss : 0)),
      );
      expect(Math.abs(sum(shares) - diagnosis.floatDrop)).toBeLessThan(ROUNDING);
      const largest = Math.max(...shares.map(Math.abs));
      const without = sum(shares.map((share) => (Math.abs(share) === largest ? 0 : share)));
      if (largest === 0) continue;
      expect(Math.abs(without - diagnosis.floatDrop)).toBeGreaterThan(ROUNDING);
      accounted += 1;
    }
    expect(accounted).toBeGreaterThan(0);
  });

  test('ledger and kinks tell where the margin went, each to the whole of it', () => {
    for (const { ledger, kinks, unitNames, diagnosis } of exhibits) {
      const drop = diagnosis.marginClean - diagnosis.marginAdversarial;
      const shares = sum(ledger.rows.map(({ share }) => share)) + ledger.others.share;
      expect(Math.abs(ledger.fixed + shares - drop)).toBeLessThan(ROUNDING);
      expect(Math.abs(ledger.fixed - diagnosis.fixedDrop)).toBeLessThan(ROUNDING);
      const effects = sum(kinks.rows.map(({ effect }) => effect));
      expect(Math.abs(kinks.start + effects + drop)).toBeLessThan(ROUNDING);
      expect(kinks.rows.flatMap(({ crossings }) => crossings)).toHaveLength(diagnosis.crossings);
      for (const { crossings } of kinks.rows) {
        for (const { unit } of crossings) expect(unitNames.has(unit)).toBe(true);
      }
    }
  });

  test('in a chain, what the fixed paths lost passes every gate', () => {
    for (const { gates, diagnosis } of exhibits) {
      for (const { float, fixedLoss } of gates) {
        expect(Math.abs(sum(fixedLoss) - diagnosis.fixedDrop)).toBeLessThan(ROUNDING);
        expect(fixedLoss.every((loss, unit) => float[unit] === 0 || loss === 0)).toBe(true);
      }
    }
  });

  test('flows into the margin are what its gate lost through each unit', () => {
    for (const { gates, flows } of exhibits) {
      const last = gates.at(-1);
      const into = flows.filter(({ to }) => 'end' in to);
      expect(into.length).toBeGreaterThan(0);
      for (const { from, fixed, float } of into) {
        const unit = 'cell' in from ? from.cell : -1;
        expect(Math.abs(fixed - (last?.fixedLoss[unit] ?? 0))).toBeLessThan(ROUNDING);
        expect(Math.abs(float - (last?.floatLoss[unit] ?? 0))).toBeLessThan(ROUNDING);
      }
    }
  });

  test('flows from the image into a channel sum to what its fixed units carry', () => {
    for (const { gates, flows } of exhibits) {
      const first = gates[0];
      for (const { from, to, fixed } of flows) {
        if (!('end' in from) || !('cell' in to)) continue;
        const channel = first?.fixedLoss.slice(4 * to.cell, 4 * to.cell + 4) ?? [];
        expect(Math.abs(fixed - sum(channel))).toBeLessThan(ROUNDING);
      }
    }
  });
});

test('exhibits are chosen by kind and order, not by how they look', () => {
  const of = (kind: ReportDiagnosis['kind'], fixedDrop: number): ReportDiagnosis =>
    ({ kind, fixedDrop, floatDrop: 1 - fixedDrop }) as ReportDiagnosis;
  const floats = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((v) => of('float', v));
  expect(chooseFailures([...floats, null, of('lipschitz', 0.9)])).toEqual([0, 1, 2, 3, 4, 10]);
  expect(chooseFailures([null, ...floats.reverse()])).toEqual([1, 2, 3, 4, 5, 6]);
  expect(chooseFailures([null])).toEqual([]);
});
