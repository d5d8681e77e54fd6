import { describe, expect, it } from 'vitest';
import type { Report } from '../report.js';
import { firstRight, madeReport } from '../../test/gate-report.js';
import { defaultBaselineRules } from './default-rules.js';
import { gate } from './gate.js';
import { parseRule } from './rule.js';
import { verdictSchema, type DropOutcome, type Verdict } from './verdict.js';

const version = '0';
const judged = (report: Report, rule: string, level?: number): Verdict =>
  gate(report, [parseRule(rule)], { version, ...(level === undefined ? {} : { level }) });
const firstDrop = (verdict: Verdict): DropOutcome => verdict.outcomes[0] as DropOutcome;

describe('threshold rules', () => {
  it('compare exact counts: 29 of 100 is .29, 28 is not', () => {
    // 0.29 * 100 is 28.999999999999996 in floating point.
    expect(judged(madeReport([firstRight(29, 100)]), 'clean >= 0.29').passed).toBe(true);
    expect(judged(madeReport([firstRight(28, 100)]), 'clean >= 0.29').passed).toBe(false);
    // 0.07 * 100 is 7.000000000000001.
    expect(judged(madeReport([firstRight(7, 100)]), 'clean >= 0.07').passed).toBe(true);
    expect(judged(madeReport([firstRight(2, 3)]), 'clean >= 2/3').passed).toBe(true);
  });

  it('count what the measure says', () => {
    const report = madeReport([
      [
        { clean: true, robust: true, radius: 0.5 },
        { clean: true, robust: false, radius: 0.25 },
        { clean: true, robust: false, radius: null },
        { clean: false, robust: false, radius: 0.75 },
      ],
    ]);
    const right = (rule: string): number => judged(report, rule).outcomes[0]?.right ?? NaN;
    expect(right('clean >= 0')).toBe(3);
    expect(right('robust@linf:8/255 >= 0')).toBe(1);
    expect(right('certified@0.5 >= 0')).toBe(2);
    expect(right('certified@0.51 >= 0')).toBe(1);
    expect(right('certified@0 >= 0')).toBe(3);
  });

  it('compare the lower bound with a level: SciPy gives beta.ppf(.05, 95, 6) = .8977', () => {
    const report = madeReport([firstRight(95, 100)]);
    expect(judged(report, 'clean >= .89', 0.05).passed).toBe(true);
    expect(judged(report, 'clean >= .9', 0.05).passed).toBe(false);
    expect(judged(report, 'clean >= .9').passed).toBe(true);
  });

  it('refuse a level that somebody meant as a confidence', () => {
    expect(() => judged(madeReport([firstRight(9, 10)]), 'clean >= .5', 0.95)).toThrow(
      'gate: expected level a probability of failure in (0, 0.5] such as 0.05, got 0.95',
    );
  });

  it('refuse an attack that the report does not hold', () => {
    expect(() => judged(madeReport([firstRight(9, 10)]), 'robust@l2:1 >= .5')).toThrow(
      "gate: expected a report with an attack of l2:1, got one of linf:8/255; audit again with the rule's norm and epsilon, or write robust@linf:8/255",
    );
  });

  it('ask every network on its own', () => {
    const report = madeReport([firstRight(10, 10), firstRight(4, 10)]);
    const { passed, outcomes } = judged(report, 'clean >= .7');
    expect(passed).toBe(false);
    expect(outcomes.map((outcome) => outcome.passed)).toEqual([true, false]);
  });
});

describe('what is no certificate', () => {
  const conditional = (): Report => {
    const report = madeReport([firstRight(10, 10)]);
    return {
      ...report,
      rows: report.rows.map((row) => ({
        ...row,
        certificates: row.certificates.map((c) => ({
          ...c,
          guarantee: 'conditional' as const,
          surrogateRadius: 1,
        })),
      })),
    };
  };

  it('is refused whatever method it claims to be of', () => {
    expect(() => judged(conditional(), 'certified@.5 >= .1')).toThrow('it certifies nothing');
  });

  it('a method that the report lacks is named', () => {
    expect(() => judged(madeReport([firstRight(9, 10)]), 'certified(sc-rfp-input)@1 >= 0')).toThrow(
      'a model without calibration has no sc-rfp-input',
    );
  });
});

describe('baseline rules', () => {
  const rule = [parseRule('clean >= baseline')];
  const baseline = madeReport([firstRight(400, 500)]);
  const against = (right: number): Verdict =>
    gate(madeReport([firstRight(right, 500)]), rule, { version, baseline });

  it('fail on 7 images lost and none gained, which is the smallest such drop: 2^-7 <= .01 < 2^-6', () => {
    expect(against(394).passed).toBe(true);
    expect(against(393).passed).toBe(false);
    expect(firstDrop(against(394))).toMatchObject({
      before: 400,
      lost: 6,
      gained: 0,
      pValue: 2 ** -6,
      smallestDrop: { lost: 7, net: 7 },
    });
  });

  it('never fail on a gain, where a two-sided test would', () => {
    expect(firstDrop(against(480))).toMatchObject({ passed: true, gained: 80, pValue: 1 });
  });

  it('say where no drop could have been seen', () => {
    const few = madeReport([firstRight(6, 6)]);
    const verdict = gate(madeReport([firstRight(0, 6)]), rule, { version, baseline: few });
    expect(firstDrop(verdict)).toMatchObject({ passed: true, lost: 6, smallestDrop: null });
  });

  it('are made from the report where nobody wrote any', () => {
    expect(defaultBaselineRules(baseline).map(({ text }) => text)).toEqual([
      'clean >= baseline',
      'robust@linf:8/255 >= baseline',
      'certified@0.25 >= baseline',
    ]);
  });

  it('want a baseline', () => {
    expect(() => gate(baseline, rule, { version })).toThrow(
      'gate: expected a baseline for rule "clean >= baseline", got none; make one with --update-baseline',
    );
  });

  it.each<[string, Partial<Report['settings']>]>([
    ['seed', { seed: 1 }],
    ['sigma', { sigma: 0.5 }],
    ['n', { n: 100 }],
    ['n0', { n0: 10 }],
    ['alpha', { alpha: 0.01 }],
    ['data', { data: 'other images' }],
    ['dataHash', { dataHash: 'other pixels' }],
    ['norm', { norm: 'l2' }],
    ['epsilon', { epsilon: 1 }],
    ['attack', { attack: 'pgd, 10 steps' }],
    ['bounds', { bounds: [0, 255] }],
  ])('refuse a baseline of another %s', (key, settings) => {
    const other = madeReport([firstRight(400, 500)], settings);
    expect(() => gate(baseline, rule, { version, baseline: other })).toThrow(
      `gate: expected the report's ${key} to be the baseline's, `,
    );
  });

  it('refuse a baseline of other images, labels or networks', () => {
    const images = madeReport([firstRight(400, 499)], { images: 499 });
    expect(() => gate(baseline, rule, { version, baseline: images })).toThrow("report's images");
    const moved = { ...baseline, rows: baseline.rows.map((r) => ({ ...r, image: r.image + 1 })) };
    expect(() => gate(baseline, rule, { version, baseline: moved })).toThrow(
      "report's row 1 to be the baseline's, image 1 with label 1, got image 0 with label 1",
    );
    const model = madeReport([firstRight(400, 500)], {}, ['another']);
    expect(() => gate(baseline, rule, { version, baseline: model })).toThrow(
      "report's networks to be the baseline's, another, got model 1",
    );
  });

  it('refuse an interrupted audit, on either side', () => {
    const cut = { ...baseline, complete: false };
    expect(() => gate(cut, rule, { version, baseline })).toThrow('of an interrupted audit');
    expect(() => gate(baseline, rule, { version, baseline: cut })).toThrow('expected a baseline');
  });

  it('note another engine and go on', () => {
    const other = madeReport([firstRight(400, 500)], { engine: 'made 2' });
    expect(gate(baseline, rule, { version, baseline: other })).toMatchObject({
      passed: true,
      notes: [expect.stringContaining('the baseline was made with made 2')],
    });
  });
});

it('a verdict fits its own schema', () => {
  const report = madeReport([firstRight(9, 10)]);
  const verdict = gate(report, [parseRule('clean >= .5'), parseRule('clean >= baseline')], {
    version,
    baseline: report,
    level: 0.05,
  });
  expect(verdictSchema.parse(JSON.parse(JSON.stringify(verdict)))).toEqual(verdict);
});
