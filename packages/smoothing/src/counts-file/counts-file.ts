import { fileSchema, FloatpathError } from '@floatpath/core';
import { canonicalHeader, requireHeader, type CountsHeader } from './header.js';
import { openLine, sealLine } from './line.js';
import { rowIn, type CountsRow } from './row.js';

/** What a counts file holds. */
export interface Counts {
  readonly header: CountsHeader;
  readonly rows: readonly CountsRow[];
}

export interface ReadCounts extends Counts {
  /** Length in bytes of the part that is sound: the head and whole lines. */
  readonly soundLength: number;
  /** Number (from 1) of the first line that is not sound, and everything after it lost; undefined if all is well. */
  readonly damagedLine?: number;
}

/** The first line of a counts file. */
export const headerLine = (header: CountsHeader): string => sealLine(canonicalHeader(header));

/** One further line. */
export function rowLine(row: CountsRow): string {
  const { image, label, purpose, from, n, rejected, counts, offGrid } = row;
  return sealLine({ image, label, purpose, from, n, rejected, counts, offGrid });
}

/** The whole file. */
export function writeCounts({ header, rows }: Counts): string {
  return headerLine(header) + rows.map(rowLine).join('');
}

/**
 * Reads a counts file up to its first damaged line: what a crash left of a line, or one whose checksum does not fit.
 * Whether that is an error is for the caller to say: `resume` draws the rest again, everybody else should refuse.
 *
 * @throws {FloatpathError} `malformed-file` if not even the head is sound, `schema-version` for another version
 */
export function readCounts(text: string): ReadCounts {
  const end = text.indexOf('\n');
  const head = text.slice(0, Math.max(0, end));
  const opened = openLine(head);
  if (opened === undefined && head.startsWith(`{"schema":"${fileSchema.counts}"`)) {
    throw new FloatpathError(
      'malformed-file',
      'readCounts: expected a first line that its checksum fits, got one that was changed after it was written; certify again',
    );
  }
  const header = requireHeader(opened);
  const rows: CountsRow[] = [];
  let soundLength = end + 1;
  while (soundLength < text.length) {
    const next = text.indexOf('\n', soundLength);
    const row =
      next < 0 ? undefined : rowIn(openLine(text.slice(soundLength, next)), header.classes);
    if (row === undefined) return { header, rows, soundLength, damagedLine: rows.length + 2 };
    rows.push(row);
    soundLength = next + 1;
  }
  return { header, rows, soundLength };
}

/** {@link readCounts} of a file that must be whole. @throws {FloatpathError} `malformed-file`, naming the line */
export function readWholeCounts(text: string): Counts {
  const { header, rows, damagedLine } = readCounts(text);
  if (damagedLine === undefined) return { header, rows };
  throw new FloatpathError(
    'malformed-file',
    `readCounts: expected whole lines, got a damaged line ${damagedLine}; certify with --resume draws it and what follows again`,
  );
}
