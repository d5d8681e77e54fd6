import { readFileSync } from 'node:fs';
import { roundDown } from '@floatpath/statistics';
import { expect, it } from 'vitest';
import { certificate } from './readme-example.js';

it('the example of the README runs and says what the README says', () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  const readme = read('../README.md');
  expect(readme).toContain(read('./readme-example.ts').replaceAll('export ', ''));
  const radius = certificate.kind === 'certified' ? certificate.radius : NaN;
  expect(readme).toContain(`\`label: ${certificate.label}\` and \`radius: ${roundDown(radius, 3)}`);
  // The network decides as plain brightness does, and so does the repressed one: the boundary is .8 / sqrt(2) away.
  expect(radius).toBeLessThan(0.8 / Math.SQRT2);
});
