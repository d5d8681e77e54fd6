import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

interface Network {
  readonly network: string;
  readonly pairs: number;
  readonly ledgerResidual: { readonly most: number };
  readonly ledgerUlps: { readonly most: number };
  readonly layerConductance: {
    readonly missesDropBy: readonly { readonly steps: number; readonly most: number }[];
  };
}

/** Two digits, rounded up: what is printed as a bound holds. */
function atMost(value: number): string {
  const power = 10 ** (Math.floor(Math.log10(value)) - 1);
  return (Math.ceil(value / power) * power).toExponential(1);
}

it('the page about ledgers quotes the evidence', () => {
  const rows = read('apps/docs/ledger.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const { numbers } = JSON.parse(read('evidence/explain.json')) as {
    numbers: { pairs: number; networks: readonly Network[] };
  };
  expect(numbers.pairs).toBe(1000);
  for (const one of numbers.networks) {
    const own = rows.filter((cells) => cells[1] === one.network);
    const ledger = own.find((cells) => cells[2] === String(one.pairs));
    expect(ledger?.slice(4, 6)).toEqual([
      atMost(one.ledgerResidual.most),
      String(Math.ceil(one.ledgerUlps.most)),
    ]);
    const first = rows.findIndex((cells) => cells[1] === one.network);
    expect(rows.slice(first, first + 3).map((cells) => [cells[3], cells[4]])).toEqual(
      one.layerConductance.missesDropBy.map(({ steps, most }) => [String(steps), atMost(most)]),
    );
  }
});
