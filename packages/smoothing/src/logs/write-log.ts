import { FloatpathError } from '@floatpath/core';
import { roundDown } from '@floatpath/statistics';
import type { Certificate } from '../certificate.js';
import { isRadiusColumn, type Dialect } from './dialects.js';
import { isRight, type Log, type LogRow } from './log.js';

const DIGITS = 6;

/** The row of a certificate; the radius is rounded towards less, so that it still holds as printed. */
export function logRowOf(row: {
  readonly index: number;
  readonly label: number;
  readonly certificate: Certificate;
  readonly seconds?: number;
}): LogRow {
  const { index, label, certificate, seconds = null } = row;
  const certified = certificate.kind === 'certified';
  return {
    index,
    label,
    predicted: certified ? certificate.label : null,
    radius: certified ? roundDown(certificate.radius, DIGITS) : '0.0',
    saysCorrect: certified && certificate.label === label ? 1 : 0,
    seconds,
    further: {},
  };
}

function cellOf(row: LogRow, column: string, { name }: Dialect, total: number): string {
  switch (column) {
    case 'idx':
      return String(row.index);
    case 'label':
      return String(row.label);
    case 'predict':
      return String(row.predicted ?? -1);
    case 'correct':
      return String(name === 'diffusion-denoised' ? total : Number(isRight(row)));
    case 'time':
    case 'time_forward':
      return row.seconds === null ? '0' : String(row.seconds);
    default:
      return (isRadiusColumn(column) ? row.radius : row.further[column]) ?? '';
  }
}

/**
 * Writes a log in its dialect, `correct` made anew from prediction and label. Others' programs read it.
 *
 * @throws {FloatpathError} `invalid-data` for a row that lacks a column of the dialect
 */
export function writeLog({ dialect, rows }: Pick<Log, 'dialect' | 'rows'>): string {
  let total = 0;
  const lines = rows.map((row) => {
    total += isRight(row) ? 1 : 0;
    const cells = dialect.columns.map((column) => cellOf(row, column, dialect, total));
    const empty = dialect.columns[cells.indexOf('')];
    if (empty !== undefined) {
      throw new FloatpathError(
        'invalid-data',
        `writeLog: expected ${empty} in every row of ${dialect.name}, got none in row ${row.index}`,
      );
    }
    return cells.join('\t');
  });
  return [dialect.columns.join('\t'), ...lines, ''].join('\n');
}
