import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rowColumns } from '../src/row-columns.js';
import { rowsTsv } from '../src/index.js';
import { firstRight, madeReport } from './gate-report.js';

test('the docs describe the columns of rows.tsv, each of them, in order', () => {
  const page = readFileSync(new URL('../../../apps/docs/columns.md', import.meta.url), 'utf8');
  const described = page
    .split('\n')
    .flatMap((line) => /^\| `(\w+)` +\| (.*?) +\|$/.exec(line) ?? [])
    .filter((_, i) => i % 3 !== 0);
  expect(described).toEqual(rowColumns.flatMap(({ name, meaning }) => [name, meaning]));
});

test('every line has as many cells as there are columns', () => {
  const text = rowsTsv(madeReport([firstRight(1, 3)], {}, ['a\tb\nc\\d']));
  const lines = text.slice(0, -1).split('\n');
  expect(lines[0]?.split('\t')).toEqual(rowColumns.map(({ name }) => name));
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line.split('\t')).toHaveLength(rowColumns.length);
  expect(lines[1]?.startsWith('a\\tb\\nc\\\\d\t0\t1\t1\t')).toBe(true);
});
