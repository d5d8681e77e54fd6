import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { crossings, far, near, switched } from './readme-example.js';

it('the example of the README runs and says what the README says', () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(read('./readme-example.ts').replaceAll('export ', ''));
  expect(switched).toEqual(['relu:0', 'relu:1']);
  // z0 = 0.5 - 0.75 t
  expect(crossings.map(({ t }) => t)).toEqual([2 / 3, 2 / 3]);
  expect([near.undecided, far.undecided]).toEqual([0, 2]);
});
