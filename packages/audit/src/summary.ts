import type { ReportRow, NetworkSummary, ReportSettings } from './report.js';
import { methodSummaries, type PlannedMethod } from './method-summary.js';
import type { Attacks } from './attacks.js';
import type { PreparedModel } from './prepare.js';

type Kinds = NetworkSummary['kinds'];

/** What the rows of one network add up to. Rows are in image order. */
export function summarizeNetwork(
  prepared: PreparedModel,
  rows: readonly ReportRow[],
  methods: readonly PlannedMethod[],
  attacks: Attacks,
  settings: ReportSettings,
): NetworkSummary {
  const failures = rows.filter((row) => row.adversarial?.status === 'success');
  const repaired = failures.filter((row) => row.smoothedAtAdversarial?.answer === row.label);
  const diagnosed = failures.flatMap((row) => (row.diagnosis ? [row.diagnosis] : []));
  const fixedDrop = sum(diagnosed.map((d) => d.fixedDrop));
  const floatDrop = sum(diagnosed.map((d) => d.floatDrop));
  const gates = diagnosed[0]?.units ?? [];
  return {
    id: prepared.id,
    label: prepared.source.label,
    hash: prepared.hash,
    images: rows.length,
    pathAnalysis: prepared.refusal,
    attack: attacks.network.name,
    smoothedAttack: attacks.smoothed?.name ?? null,
    cleanRight: rows.filter((row) => row.predicted === row.label).length,
    robustAtMost: rows.filter((row) => row.adversarial?.status === 'failed').length,
    failures: failures.length,
    kinds: countKinds(failures),
    fixedShare: fixedDrop + floatDrop > 0 ? fixedDrop / (fixedDrop + floatDrop) : null,
    switchedShare: gates.map(
      (units, gate) =>
        sum(diagnosed.map((d) => (d.switched[gate] ?? 0) / units)) / diagnosed.length,
    ),
    residual: Math.max(0, ...diagnosed.map((d) => d.residual)),
    tolerance: diagnosed.length === 0 ? 0 : Math.min(...diagnosed.map((d) => d.tolerance)),
    sumLawHolds: diagnosed.every((d) => d.residual <= d.tolerance),
    repaired: { all: repaired.length, ...countKinds(repaired) },
    smoothedRight: rows.filter((row) => smoothedRight(row)).length,
    smoothedRobustAtMost:
      attacks.smoothed === undefined
        ? null
        : rows.filter(
            (row) => smoothedRight(row) && !shownWrong(row.smoothedUnderAttack, row.label),
          ).length,
    methods: methodSummaries(rows, methods, settings),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function countKinds(rows: readonly ReportRow[]): Kinds {
  const of = (kind: string): number => rows.filter((row) => row.diagnosis?.kind === kind).length;
  return {
    lipschitz: of('lipschitz'),
    float: of('float'),
    fixedAlreadyWrong: of('fixed-already-wrong'),
  };
}

/** Whether plain smoothing certifies the true label at the image itself, at any radius. */
function smoothedRight(row: ReportRow): boolean {
  return row.certificates.some((c) => c.method === 'plain' && c.label === row.label);
}

function shownWrong(smoothed: ReportRow['smoothedUnderAttack'], label: number): boolean {
  return smoothed !== null && smoothed.answer !== null && smoothed.answer !== label;
}
