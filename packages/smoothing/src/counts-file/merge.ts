import { FloatpathError } from '@floatpath/core';
import { requireSameHeader, type CountsHeader } from './header.js';
import type { Counts } from './counts-file.js';
import { compareRows, type CountsRow } from './row.js';

export interface MergeOptions {
  /** Takes counts of different engines together; the head of the result names them all. */
  readonly allowMixedEngines?: boolean;
}

const engineNames = (counts: readonly Counts[]): string =>
  [...new Set(counts.flatMap(({ header }) => header.engine.split(' + ')))].sort().join(' + ');

function commonHeader(
  counts: readonly Counts[],
  { allowMixedEngines = false }: MergeOptions,
): CountsHeader {
  const [first, ...others] = counts.map(({ header }) =>
    allowMixedEngines ? { ...header, engine: engineNames(counts) } : header,
  );
  if (first === undefined) {
    throw new FloatpathError('invalid-argument', 'mergeCounts: expected counts, got none');
  }
  for (const other of others) {
    const hint = 'only counts of one model, noise and plan can be added';
    requireSameHeader('mergeCounts', first, other, hint);
  }
  return first;
}

const sameSample = (a: CountsRow, b: CountsRow): boolean =>
  a.image === b.image && a.purpose === b.purpose;

const text = (row: CountsRow): string => JSON.stringify(row);

/** `next` begins where `last` ends, or is the same row once more. */
function join(last: CountsRow, next: CountsRow): CountsRow {
  if (text(last) === text(next)) return last;
  const end = last.from + last.n;
  const fits = next.from >= end && next.label === last.label && next.offGrid === last.offGrid;
  if (!fits) {
    throw new FloatpathError(
      'invalid-data',
      `mergeCounts: expected every draw of image ${next.image} once, got ${next.purpose} draws ${next.from} to ${next.from + next.n - 1} besides ${last.from} to ${end - 1}; take each shard once`,
    );
  }
  return {
    ...last,
    n: last.n + next.n,
    rejected: last.rejected + next.rejected,
    counts: last.counts.map((count, j) => count + (next.counts[j] ?? NaN)),
  };
}

/**
 * Adds counts files of one run: rows in image order, adjacent ranges of draws of one sample as one row, a row that comes
 * twice taken once. The result of all shards is the file of the run without shards.
 *
 * @throws {FloatpathError} `invalid-data` for files of different runs, naming the field, and for draws counted twice
 */
export function mergeCounts(counts: readonly Counts[], options: MergeOptions = {}): Counts {
  const header = commonHeader(counts, options);
  const sorted = counts.flatMap(({ rows }) => rows).sort(compareRows);
  const rows: CountsRow[] = [];
  for (const row of sorted) {
    const last = rows.at(-1);
    const adjacent = last !== undefined && sameSample(last, row) && row.from <= last.from + last.n;
    if (adjacent) rows[rows.length - 1] = join(last, row);
    else rows.push(row);
  }
  return { header, rows };
}
