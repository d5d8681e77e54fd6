import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { needed, pLower, pValue, radius } from './readme-example.js';

it('the example of the README runs and says what the README says', () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(read('./readme-example.ts').replaceAll('export ', ''));
  expect({ pLower: pLower.toFixed(4), radius, needed, pValue: pValue.toFixed(4) }).toEqual({
    pLower: '0.9760',
    radius: '0.494',
    needed: 550,
    pValue: '0.0054',
  });
});
