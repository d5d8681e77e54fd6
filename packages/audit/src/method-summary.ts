import type { Arithmetic, Guarantee } from '@floatpath/core';
import {
  averageCertifiedRadius,
  ceilingShare,
  certifiedAccuracy,
  compareCertified,
  type CertifiedRow,
} from '@floatpath/smoothing';
import { averageSurrogateRadius, surrogateAccuracy, type SurrogateRow } from '@floatpath/sc-rfp';
import { clopperPearsonLower } from '@floatpath/statistics';
import type {
  MethodSummary,
  NetworkComparison,
  ReportCertificate,
  ReportRow,
  ReportSettings,
} from './report.js';

export type MethodName = MethodSummary['method'];

/** A classifier that the audit smooths: what it is, and whether it can be run. */
export interface PlannedMethod {
  readonly method: MethodName;
  readonly guarantee: Guarantee;
  readonly arithmetic: Arithmetic;
  readonly specification: string;
  readonly status: MethodSummary['status'];
  /** What does the same without repression, smoothed too: compared with beside plain smoothing. */
  readonly controls?: readonly MethodName[];
}

/** The radii at which curves are tabulated: 0, sigma, 2 sigma. */
export function tabulatedRadii(sigma: number): readonly number[] {
  return [0, sigma, 2 * sigma];
}

/** Plain smoothing of a later network against the first, image by image, at the largest tabulated radius. */
export function compareNetworks(
  ids: readonly string[],
  rows: readonly ReportRow[],
  settings: ReportSettings,
): NetworkComparison[] {
  const plainOf = (id: string): CertifiedRow[] =>
    rows
      .filter((row) => row.network === id)
      .flatMap(({ label, certificates }) =>
        certificates.filter((c) => c.method === 'plain').map((c) => certifiedRow(label, c)),
      );
  const [first, ...others] = ids;
  const radius = tabulatedRadii(settings.sigma).at(-1) ?? 0;
  if (first === undefined || plainOf(first).length === 0) return [];
  return others.map((second) => {
    const { accuracy } = compareCertified(plainOf(first), plainOf(second), {
      radii: [radius],
      seed: settings.seed,
    });
    const { onlyFirst = 0, onlySecond = 0, pValue = 1, significant = false } = accuracy[0] ?? {};
    return { first, second, method: 'plain', radius, onlyFirst, onlySecond, pValue, significant };
  });
}

/** One line per method. Conditional and unconditional numbers are summarised by different functions. */
export function methodSummaries(
  rows: readonly ReportRow[],
  methods: readonly PlannedMethod[],
  settings: ReportSettings,
): MethodSummary[] {
  const certified = (method: MethodName): readonly CertifiedRow[] =>
    rows.flatMap((row) =>
      row.certificates.filter((c) => c.method === method).map((c) => certifiedRow(row.label, c)),
    );
  const plain = certified('plain');
  const radii = [...tabulatedRadii(settings.sigma)];
  return methods.map((planned) => {
    const { method, guarantee, arithmetic, specification, status } = planned;
    const common = { method, guarantee, arithmetic, specification, status, radii };
    const own = rows.flatMap((row) =>
      row.certificates
        .filter((c) => c.method === method)
        .map((certificate) => ({ label: row.label, certificate })),
    );
    if (status !== 'done' || own.length === 0) {
      return { ...common, shares: [], average: null, ceiling: null, differenceToPlain: null };
    }
    if (guarantee === 'conditional') {
      const surrogates = own.map(({ label, certificate }) => surrogateRow(label, certificate));
      return {
        ...common,
        shares: surrogateAccuracy(surrogates, radii).map(({ share }) => share),
        average: averageSurrogateRadius(surrogates),
        ceiling: ceilingOf(
          own.map(({ certificate }) => certificate),
          settings,
        ),
        differenceToPlain: null,
      };
    }
    const mine = certified(method);
    const differenceTo = (others: readonly CertifiedRow[]) =>
      differenceOf(others, mine, settings.seed);
    return {
      ...common,
      shares: certifiedAccuracy(mine, radii, { alpha: settings.alpha }).map(({ share }) => share),
      average: averageCertifiedRadius(mine),
      ceiling: ceilingShare(mine, settings),
      differenceToPlain:
        method === 'plain' || plain.length !== mine.length ? null : differenceTo(plain),
      ...(planned.controls && {
        differencesToControls: planned.controls.map((control) => ({
          control,
          ...differenceTo(certified(control)),
        })),
      }),
    };
  });
}

/** The class that was tried and the bound of its probability, from the counts. */
function triedClass(certificate: ReportCertificate): {
  readonly label: number;
  readonly pLower: number;
} {
  const { selection, estimation, n, alpha } = certificate;
  const label = selection.indexOf(Math.max(...selection));
  return { label, pLower: clopperPearsonLower(estimation[label] ?? 0, n, alpha) };
}

function certifiedRow(label: number, certificate: ReportCertificate): CertifiedRow {
  const { arithmetic, norm, radius } = certificate;
  const tried = triedClass(certificate);
  return {
    label,
    certificate:
      radius === null || radius === undefined
        ? { kind: 'abstain', ...tried }
        : { kind: 'certified', guarantee: 'unconditional', arithmetic, norm, radius, ...tried },
  };
}

function surrogateRow(label: number, certificate: ReportCertificate): SurrogateRow {
  const { arithmetic, surrogateRadius } = certificate;
  const tried = triedClass(certificate);
  return {
    label,
    surrogate:
      surrogateRadius === null || surrogateRadius === undefined
        ? { kind: 'abstain', ...tried }
        : { kind: 'surrogate', guarantee: 'conditional', arithmetic, surrogateRadius, ...tried },
  };
}

function ceilingOf(certificates: readonly ReportCertificate[], settings: ReportSettings): number {
  const full = certificates.filter((c) => c.label !== null && c.estimation[c.label] === settings.n);
  return full.length / certificates.length;
}

function differenceOf(
  others: readonly CertifiedRow[],
  mine: readonly CertifiedRow[],
  seed: number,
): NonNullable<MethodSummary['differenceToPlain']> {
  const { meanRadius } = compareCertified(others, mine, { radii: [], seed });
  const [low, high] = meanRadius.interval;
  return { mean: meanRadius.mean, low, high, significant: meanRadius.significant };
}
