import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { diagnosis, kinks, ledger } from './readme-example.js';

it('the example of the README runs and says what the README says', () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  const readme = read('../README.md');
  expect(readme).toContain(read('./readme-example.ts').replaceAll('export ', ''));
  expect(diagnosis).toMatchObject({
    kind: 'float',
    margin: { clean: 0.5, adversarial: -0.375 },
    shares: { fixed: 0, float: 0.875 },
    holds: true,
  });
  expect(ledger).toMatchObject({ fixed: 0, drop: 0.875, ulps: 0 });
  expect(ledger.rows).toMatchObject([{ id: 'relu:0', share: 0.875 }]);
  expect(kinks.rows).toMatchObject([{ t: expect.closeTo(0.364, 3) as number }]);
});
