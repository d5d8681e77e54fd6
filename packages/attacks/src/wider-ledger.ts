import {
  float32Tensor,
  rowsOf,
  type AttackOptions,
  type AttackResult,
  type AttackWarning,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Region,
} from '@floatpath/core';
import { attackLedger, type AttackLedger, type LedgerEntry } from './ledger.js';
import { takeCriterion, takeRegion, takeRows } from './take-rows.js';

/**
 * The ledger in a region that contains the one of `known`, for lists of radii: a row broken there is broken here, by the same point and
 * attack, and only the rows that were left are attacked again. Its queries are those that it took beyond `known`.
 *
 * @param known - ledger of the same rows and entries in the smaller region
 * @throws {FloatpathError} as {@link attackLedger}
 */
export async function widerLedger(
  known: AttackLedger,
  entries: readonly LedgerEntry[],
  classifier: Classifier,
  x: Float32Tensor,
  criterion: Criterion,
  region: Region,
  options: AttackOptions,
): Promise<AttackLedger> {
  const left = known.result.rows.flatMap(({ status }, row) => (status === 'failed' ? [row] : []));
  const fresh = await attackLedger(
    entries,
    classifier,
    takeRows(x, left),
    takeCriterion(criterion, left),
    takeRegion(region, left),
    { ...options, images: Uint32Array.from(left, (row) => options.images[row] as number) },
  );
  const placed = (rows: readonly number[]): number[] => rows.map((at) => left[at] as number);
  const warned = (warnings: readonly AttackWarning[]): AttackWarning[] =>
    warnings.map((warning) =>
      warning.rows === undefined ? warning : { ...warning, rows: placed(warning.rows) },
    );
  const together = (before: readonly number[], now: readonly number[]): number[] =>
    [...new Set([...before, ...placed(now)])].sort((a, b) => a - b);
  const data = known.result.adversarial.data.slice();
  const rows = [...known.result.rows];
  left.forEach((row, at) => {
    const own = rowsOf(fresh.result.adversarial, at, at + 1).data;
    data.set(own, row * own.length);
    rows[row] = fresh.result.rows[at] as AttackResult['rows'][number];
  });
  const again = new Set(left);
  return {
    columns: fresh.columns.map((column, at) => {
      const before = known.columns[at] as typeof column;
      return {
        ...column,
        tried: together(
          before.tried.filter((row) => !again.has(row)),
          column.tried,
        ),
        broken: together(before.broken, column.broken),
        warnings: warned(column.warnings),
      };
    }),
    result: {
      ...fresh.result,
      adversarial: float32Tensor(x.shape, data),
      rows,
      warnings: warned(fresh.result.warnings),
    },
    inconclusive: placed(fresh.inconclusive),
  };
}
