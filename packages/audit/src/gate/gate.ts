import { FloatpathError, requireArgument } from '@floatpath/core';
import { clopperPearsonLower, holm } from '@floatpath/statistics';
import type { NetworkSummary, Report } from '../report.js';
import { comparisonNotes, requireComparable } from './comparable.js';
import { dropPValue, smallestDrop } from './drop-test.js';
import { neededCount } from './exact-share.js';
import { countsFor, requireMeasured, rowsOfNetwork } from './measure.js';
import type { Rule } from './rule.js';
import {
  gateSchemaName,
  type DropOutcome,
  type Outcome,
  type ThresholdOutcome,
  type Verdict,
} from './verdict.js';

/** Of Holm's procedure over all comparisons with the baseline. */
const FAMILY_LEVEL = 0.01;

export interface GateOptions {
  /** What rules that say `baseline` are compared with. */
  readonly baseline?: Report;
  /**
   * Compares thresholds with the exact lower confidence bound that is too high with at most this probability over
   * images drawn like these, instead of with the count. A gate passes only if every rule does, so its own probability
   * of passing although some share is too low is no larger.
   */
  readonly level?: number;
  /** Version of the tool, for the verdict. */
  readonly version: string;
}

/**
 * Judges a report. Every rule is asked of every network on its own.
 *
 * Threshold rules compare exact counts on the report's images. Baseline rules fail only on a significant drop: one-sided
 * exact McNemar tests on the same images and draws, adjusted by Holm over all rules and networks, so that the
 * probability of any false alarm is at most .01 whatever the dependence between them.
 *
 * @throws {FloatpathError} `invalid-argument` for no rules, a level outside (0, .5], a rule about a baseline without one
 * or about another attack; `invalid-data` for an unfinished report, a report without the certificates of a rule, or a
 * baseline of other images, settings or networks
 * @see Holm 1979; McNemar 1947, in its exact conditional form
 */
export function gate(report: Report, rules: readonly Rule[], options: GateOptions): Verdict {
  const { baseline, level, version } = options;
  requireArgument(rules.length > 0, 'gate: expected at least one rule, got none');
  requireArgument(
    level === undefined || (level > 0 && level <= 0.5),
    `gate: expected level a probability of failure in (0, 0.5] such as 0.05, got ${level}`,
  );
  requireFinished(report, 'report');
  const drops = rules.filter(({ demand }) => demand.kind === 'baseline');
  if (drops.length > 0 && baseline === undefined) {
    throw new FloatpathError(
      'invalid-argument',
      `gate: expected a baseline for rule "${drops[0]?.text}", got none; make one with --update-baseline`,
    );
  }
  if (baseline !== undefined) {
    requireFinished(baseline, 'baseline');
    requireComparable(report, baseline);
  }
  for (const { measure } of rules) requireMeasured(measure, report);
  const outcomes = report.networks.flatMap((network, i) =>
    rules.map((rule): Outcome => {
      const { demand } = rule;
      if (demand.kind === 'threshold')
        return thresholdOutcome(report, network, rule, demand, level);
      return dropOutcome(report, network, rule, baseline as Report, i);
    }),
  );
  const judged = adjusted(outcomes);
  return {
    schema: gateSchemaName,
    tool: { name: 'floatpath', version },
    passed: judged.every(({ passed }) => passed),
    data: report.settings.data,
    boundLevel: level ?? null,
    familyLevel: FAMILY_LEVEL,
    outcomes: judged,
    notes: baseline === undefined || drops.length === 0 ? [] : comparisonNotes(report, baseline),
  };
}

/** An interrupted audit holds the images that came first, which nobody chose. */
function requireFinished(report: Report, what: string): void {
  const rows = report.networks.map(({ id }) => rowsOfNetwork(report, id).length);
  const whole = rows.every((count) => count > 0 && count === report.settings.images);
  if (report.complete && rows.length > 0 && whole) return;
  throw new FloatpathError(
    'invalid-data',
    `gate: expected a ${what} with a row for each of its ${report.settings.images} images and networks, got ${report.rows.length} rows${report.complete ? '' : ' of an interrupted audit'}; audit again`,
  );
}

function thresholdOutcome(
  report: Report,
  { id, label }: NetworkSummary,
  { text, measure }: Rule,
  { share, exact }: Extract<Rule['demand'], { kind: 'threshold' }>,
  level: number | undefined,
): ThresholdOutcome {
  const rows = rowsOfNetwork(report, id);
  const right = rows.filter((row) => countsFor(measure, row)).length;
  const images = rows.length;
  const needed = neededCount(exact, images);
  const lowerBound = level === undefined ? null : clopperPearsonLower(right, images, level);
  const passed = lowerBound === null ? right >= needed : lowerBound >= share;
  const common = { rule: text, network: id, label, passed, right, images };
  return { kind: 'threshold', ...common, share, needed, lowerBound };
}

/** Not yet judged: that takes the p-values of all comparisons. */
function dropOutcome(
  report: Report,
  { id, label }: NetworkSummary,
  { text, measure }: Rule,
  baseline: Report,
  index: number,
): DropOutcome {
  const now = rowsOfNetwork(report, id).map((row) => countsFor(measure, row));
  const then = rowsOfNetwork(baseline, baseline.networks[index]?.id ?? '').map((row) =>
    countsFor(measure, row),
  );
  const lost = then.filter((counted, i) => counted && now[i] !== true).length;
  const gained = now.filter((counted, i) => counted && then[i] !== true).length;
  const right = now.filter(Boolean).length;
  const pValue = dropPValue(lost, gained);
  return {
    kind: 'baseline',
    ...{ rule: text, network: id, label, passed: true, right, images: now.length },
    ...{ before: right + lost - gained, lost, gained },
    ...{ pValue, adjustedPValue: pValue, smallestDrop: null },
  };
}

function adjusted(outcomes: readonly Outcome[]): Outcome[] {
  const drops = outcomes.filter((outcome) => outcome.kind === 'baseline');
  const pValues = holm(drops.map(({ pValue }) => pValue));
  const adjustedOf = new Map<Outcome, number>(drops.map((drop, i) => [drop, pValues[i] ?? 1]));
  return outcomes.map((outcome) => {
    if (outcome.kind === 'threshold') return outcome;
    const adjustedPValue = adjustedOf.get(outcome) ?? 1;
    const { gained, before } = outcome;
    return {
      ...outcome,
      adjustedPValue,
      passed: adjustedPValue > FAMILY_LEVEL,
      smallestDrop: smallestDrop(gained, before, FAMILY_LEVEL, drops.length),
    };
  });
}
