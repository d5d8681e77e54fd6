import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { statuses } from './readme-example.js';

it('the README example runs and prints what it says', () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  const readme = read('../README.md');
  expect(readme).toContain(read('./readme-example.ts').replaceAll('export ', ''));
  expect(readme).toContain("`statuses` is `['success', 'failed']`");
  expect(statuses).toEqual(['success', 'failed']);
});
