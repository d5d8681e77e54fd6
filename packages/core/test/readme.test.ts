import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as core from '../src/index.js';
import { first, id, labels, rejected, unit, words } from './readme-example.js';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

test('the example of the README runs and says what the README says', () => {
  expect(read('../README.md')).toContain(read('readme-example.ts').replaceAll('export ', ''));
  // The noise is that of golden/make_random_bits.py for this stream.
  const shown = { rejected, first: [...first], labels: [...labels], id, unit };
  expect(shown).toEqual({
    rejected: false,
    first: [49, -128, -81],
    labels: [1, 1],
    id: 'relu_1:1,0,4',
    unit: { gate: 'relu_1', index: 200 },
  });
  expect([...words]).toEqual([3344628710, 97585096]);
});

test('every exported value is in the README', () => {
  const readme = read('../README.md');
  expect(Object.keys(core).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
