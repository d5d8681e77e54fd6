import { requireArgument } from '@floatpath/core';
import type { AttackLedger } from './ledger.js';

/** What became of one row. `inconclusive`: unbroken, but no gradient attack saw a gradient. */
export type RowOutcome = 'already-wrong' | 'broken' | 'robust' | 'inconclusive';

export interface AttackTable {
  readonly rows: readonly {
    readonly image: number;
    readonly outcome: RowOutcome;
    /** The id of the attack that broke it. */
    readonly brokenBy?: string;
    readonly predicted: number;
    readonly distance: number;
  }[];
  readonly columns: readonly {
    readonly id: string;
    readonly name: string;
    readonly tried: number;
    readonly broken: number;
    /** Rows left unbroken after this attack and all before it. */
    readonly left: number;
    readonly queries: { readonly forward: number; readonly backward: number };
  }[];
  /** All rows, and those that were right before: the two denominators. */
  readonly all: number;
  readonly right: number;
  readonly broken: number;
  readonly inconclusive: number;
  readonly robust: number;
}

/** The one number of the table, a bound from above: robust rows of all rows. */
export function robustAccuracy({ robust, all }: AttackTable): number | undefined {
  return all === 0 ? undefined : robust / all;
}

/** Broken rows of those that were right before. */
export function successRate({ broken, right }: AttackTable): number | undefined {
  return right === 0 ? undefined : broken / right;
}

/**
 * A ledger as a table: what became of each row, and of how many each attack.
 *
 * @param images - ids of the rows, as they were given to the attack
 * @throws {FloatpathError} `invalid-argument` if there are not as many ids as rows
 */
export function attackTable(
  { columns, result, inconclusive }: AttackLedger,
  images: Uint32Array,
): AttackTable {
  requireArgument(
    images.length === result.rows.length,
    `attackTable: expected ${result.rows.length} image ids, one per row, got ${images.length}`,
  );
  const unclear = new Set(inconclusive);
  const breaker = new Map(columns.flatMap(({ id, broken }) => broken.map((row) => [row, id])));
  const rows = result.rows.map(({ status, predicted, distance }, row) => {
    const brokenBy = breaker.get(row);
    const outcome: RowOutcome =
      status === 'already-wrong'
        ? 'already-wrong'
        : status === 'success'
          ? 'broken'
          : unclear.has(row)
            ? 'inconclusive'
            : 'robust';
    return {
      image: images[row] as number,
      outcome,
      ...(brokenBy === undefined ? {} : { brokenBy }),
      predicted,
      distance,
    };
  });
  const count = (wanted: RowOutcome): number =>
    rows.filter(({ outcome }) => outcome === wanted).length;
  return {
    rows,
    columns: columns.map(({ id, name, tried, broken, queries }) => ({
      id,
      name,
      tried: tried.filter((row) => rows[row]?.outcome !== 'already-wrong').length,
      broken: broken.length,
      left: rows.length - count('already-wrong') - brokenUpTo(columns, id),
      queries,
    })),
    all: rows.length,
    right: rows.length - count('already-wrong'),
    broken: count('broken'),
    inconclusive: count('inconclusive'),
    robust: count('robust'),
  };
}

function brokenUpTo(columns: AttackLedger['columns'], id: string): number {
  const end = columns.findIndex((column) => column.id === id) + 1;
  return columns.slice(0, end).reduce((sum, { broken }) => sum + broken.length, 0);
}

/** The table as lines of text, one per attack, then the counts with both denominators. */
export function attackTableLines(table: AttackTable): readonly string[] {
  const cells = [
    ['attack', 'tried', 'broken', 'left', 'gradients', 'forward'],
    ...table.columns.map(({ id, tried, broken, left, queries }) => [
      id,
      ...[tried, broken, left, queries.backward, queries.forward].map(String),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, at) =>
    Math.max(...cells.map((row) => (row[at] ?? '').length)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
  const { all, right, broken, inconclusive, robust } = table;
  return [
    ...lines,
    '',
    `right before the attack   ${right} of ${all}`,
    `broken                    ${broken} of ${all}, ${broken} of the ${right} that were right`,
    ...(inconclusive > 0
      ? [
          `inconclusive              ${inconclusive} of ${all}, counted neither as broken nor as robust`,
        ]
      : []),
    `still right               ${robust} of ${all} at most, ${robust} of the ${right} that were right`,
  ];
}
