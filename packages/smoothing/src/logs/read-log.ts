import { FloatpathError } from '@floatpath/core';
import { dialects, isRadiusColumn, type Dialect } from './dialects.js';
import { isRight, type Log, type LogRow } from './log.js';
import { secondsOf } from './seconds.js';

const isInteger = (text: string | undefined): text is string =>
  text !== undefined && /^-?\d+$/.test(text);
const isNumber = (text: string | undefined): text is string =>
  text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
const cellsOf = (line: string): string[] => line.split('\t').map((cell) => cell.trim());

const plain = new Set(['idx', 'label', 'predict', 'correct', 'time', 'time_forward', 'radius']);

function rowIn(line: string, { name, columns }: Dialect): LogRow | undefined {
  const cells = cellsOf(line);
  if (cells.length !== columns.length) return undefined;
  const at = new Map(columns.map((column, i) => [column, cells[i] as string]));
  const [index, label, predict] = [at.get('idx'), at.get('label'), at.get('predict')];
  const correct = at.get('correct');
  const radius = columns.filter(isRadiusColumn).map((column) => at.get(column))[0];
  if (!isInteger(index) || !isInteger(label) || !isInteger(predict) || !isInteger(correct)) {
    return undefined;
  }
  if (radius !== undefined && !isNumber(radius)) return undefined;
  // An abstention of ars has a class only in name.
  const abstained = Number(predict) < 0 || (name === 'ars' && Number(radius) < 0);
  const further = [...at].filter(([column]) => !plain.has(column) && !isRadiusColumn(column));
  return {
    index: Number(index),
    label: Number(label),
    predicted: abstained ? null : Number(predict),
    ...(radius === undefined ? {} : { radius: abstained && name === 'ars' ? '0.0' : radius }),
    saysCorrect: Number(correct),
    seconds: secondsOf(at.get('time') ?? at.get('time_forward') ?? ''),
    further: Object.fromEntries(further),
  };
}

/** A running total in the column `correct` gives diffusion-denoised away. */
function isRunningTotal(rows: readonly LogRow[]): boolean {
  let total = 0;
  const fits = rows.every((row) => {
    total += isRight(row) ? 1 : 0;
    return row.saysCorrect === total;
  });
  return fits && total > 1;
}

/**
 * Reads a certification or prediction log of another program; the dialect shows in its header and rows.
 *
 * @throws {FloatpathError} `unsupported-format` for a header that nobody writes, `malformed-file` for a line among the
 * rows that is none
 */
export function readLog(text: string): Log {
  const lines = text.split(/\r?\n/);
  const header = cellsOf(lines[0] ?? '').join('\t');
  const found = dialects.find(({ columns }) => columns.join('\t') === header);
  if (found === undefined) {
    throw new FloatpathError(
      'unsupported-format',
      `readLog: expected a header such as idx, label, predict, radius, correct, time with tabs between, got "${header.slice(0, 80)}"`,
    );
  }
  const rows: LogRow[] = [];
  let end = 1;
  for (; end < lines.length; end += 1) {
    const row = rowIn(lines[end] as string, found);
    if (row === undefined) break;
    rows.push(row);
  }
  const rest = lines.slice(end).filter((line) => line.trim() !== '');
  const later = rest.findIndex((line) => rowIn(line, found) !== undefined);
  if (later >= 0) {
    throw new FloatpathError(
      'malformed-file',
      `readLog: expected a row in line ${end + 1}, got "${(lines[end] ?? '').slice(0, 80)}"`,
    );
  }
  const torn = rest.length === 1 && lines.at(-1) !== '' && /^\d/.test(rest[0] as string);
  const total = found.name === 'locuslab' && isRunningTotal(rows);
  return {
    dialect: total ? { ...found, name: 'diffusion-denoised' } : found,
    rows,
    trailer: torn ? [] : rest,
    torn,
  };
}
