import type { ReportDiagnosis } from '../report.js';

const kinds = ['lipschitz', 'float', 'fixed-already-wrong'] as const;

/** How many failures of a network are shown. */
export const MOST_EXHIBITS = 6;

/** The rule of {@link chooseFailures}, as reports print it. */
export const choiceRule =
  'of each kind the failure whose fixed share of the lost margin is the median of its kind, then the first failures in image order, up to 6';

function fixedShare({ fixedDrop, floatDrop }: ReportDiagnosis): number {
  return fixedDrop / (fixedDrop + floatDrop);
}

/**
 * Chooses the failures to show, so that nobody can pick the prettiest: see {@link choiceRule}.
 *
 * @param diagnoses - per image, null where there is nothing to show
 * @returns positions, ascending
 */
export function chooseFailures(diagnoses: readonly (ReportDiagnosis | null)[]): number[] {
  const all = diagnoses.flatMap((diagnosis, index) => (diagnosis ? [{ diagnosis, index }] : []));
  const medians = kinds.flatMap((kind) => {
    const ofKind = all
      .filter(({ diagnosis }) => diagnosis.kind === kind)
      .sort((a, b) => fixedShare(a.diagnosis) - fixedShare(b.diagnosis) || a.index - b.index);
    const median = ofKind[Math.floor((ofKind.length - 1) / 2)];
    return median ? [median.index] : [];
  });
  const chosen = new Set(medians);
  for (const { index } of all) {
    if (chosen.size >= MOST_EXHIBITS) break;
    chosen.add(index);
  }
  return [...chosen].sort((a, b) => a - b);
}
