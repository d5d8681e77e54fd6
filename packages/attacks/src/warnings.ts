import type { AttackWarning } from '@floatpath/core';
import type { Fate } from './row-fate.js';

/** What the reader of the numbers has to know, from the fates of the rows. */
export function warningsOf(
  name: string,
  classes: number,
  judgeIsExact: boolean,
  fates: readonly Fate[],
): readonly AttackWarning[] {
  const rowsWhere = (holds: (fate: Fate) => boolean): number[] =>
    fates.flatMap((fate, row) => (holds(fate) ? [row] : []));
  const warnings: AttackWarning[] = [];
  const stuck = rowsWhere((fate) => fate.zeroGradient);
  if (stuck.length > 0) {
    warnings.push({
      code: 'zero-gradient',
      message: `${name}: ${stuck.length} unbroken rows met a gradient of exactly zero; their failure says little about robustness`,
      rows: stuck,
    });
  }
  const notFinite = rowsWhere((fate) => fate.notFinite);
  if (notFinite.length > 0) {
    warnings.push({
      code: 'not-finite',
      message: `${name}: the search of ${notFinite.length} rows ended at NaN or infinite logits or gradients; they count as neither broken nor robust`,
      rows: notFinite,
    });
  }
  const contradicted = judgeIsExact ? rowsWhere((fate) => fate.contradicted) : [];
  if (contradicted.length > 0) {
    warnings.push({
      code: 'randomized-output',
      message: `${name}: ${contradicted.length} rows were wrong in the search and right when asked again; the classifier is random, or the row is within rounding of a tie`,
      rows: contradicted,
    });
  }
  if (classes < 2) {
    warnings.push({
      code: 'few-classes',
      message: `${name}: a classifier of one class cannot be misled; nothing was tried`,
    });
  }
  return warnings;
}
