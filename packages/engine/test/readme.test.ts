import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as conformance from '../src/conformance.js';
import * as engine from '../src/index.js';
import * as onRuntime from '../src/ort.js';
import { answer, gates, slope } from './readme-example.js';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const readme = read('../README.md');

test('the example of the README runs and says what the README says', () => {
  expect(readme).toContain(read('readme-example.ts').replaceAll('export ', ''));
  expect(gates).toEqual([3]);
  expect([...answer.data]).toEqual([1, 0, 0.5, 1.25, 0.25, 0]);
  // Row 1: the rival of class 0 is class 2; d(z_2 - z_0) = (.5, -1) - (1, 2). Row 2: class 1.
  expect([...(slope?.gradient.data ?? [])]).toEqual([-0.5, -3, -2, -1]);
});

test('every exported value is in the README', () => {
  const names = [engine, onRuntime, conformance].flatMap((module) => Object.keys(module));
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test('the table of ops in the README is that of the engine', () => {
  const rows = readme.match(/^\| `[A-Z]\w*` +\| (affine|gate|smooth|plumbing) .*$/gm) ?? [];
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  const written = cells.map(
    ([, op, role, gradient]) => `${op ?? ''} ${role ?? ''} ${gradient ?? ''}`,
  );
  const expected = engine.ops.map(
    (op) => `\`${op.type}\` ${op.role} ${op.backward === undefined ? 'no' : 'yes'}`,
  );
  expect(written).toEqual(expected);
});
