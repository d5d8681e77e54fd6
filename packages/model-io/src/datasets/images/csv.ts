import { FloatpathError } from '@floatpath/core';

/** Cells of one line; quoted cells may hold commas and doubled quotes. */
function cellsOf(line: string): readonly string[] {
  const cells = line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? [];
  return cells
    .slice(0, line.endsWith(',') ? cells.length : cells.length - 1)
    .map((cell) => cell.replace(/,$/, '').trim())
    .map((cell) => (/^".*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}

const headers: ReadonlySet<string> = new Set(['file', 'filename', 'path', 'image', 'name']);

/**
 * The pairs of a table of files and labels: two columns, with or without a header.
 *
 * @throws {FloatpathError} `invalid-data` naming the line
 */
export function labelPairs(csv: string): readonly (readonly [path: string, label: string])[] {
  const lines = csv
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, at) => ({ line, at: at + 1 }))
    .filter(({ line }) => line.trim() !== '');
  const pairs = lines.map(({ line, at }): readonly [string, string] => {
    const [path = '', label = '', ...rest] = cellsOf(line);
    if (path === '' || label === '' || rest.length > 0) {
      throw new FloatpathError(
        'invalid-data',
        `readImageFolder: expected "file,label" in line ${at} of the table, got ${JSON.stringify(line.slice(0, 80))}`,
      );
    }
    return [path.replaceAll('\\', '/').replace(/^\.\//, ''), label];
  });
  return headers.has(pairs[0]?.[0].toLowerCase() ?? '') ? pairs.slice(1) : pairs;
}
