import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { experimentPage } from './page.js';
import { rounds } from './page-file.js';
import { readPlan } from './plan.js';
import { readSecondPlan } from './second/plan.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const made = rounds();
/** Prettier pads the cells of tables, and writes _ for *. */
const words = (page: string) => page.replaceAll(/[\s|*_-]+/g, ' ');

test.skipIf(!existsSync(new URL('../../apps/docs/find-a-better-one.md', import.meta.url)))(
  'the published page says what the results say',
  () => {
    const page = read('../../apps/docs/find-a-better-one.md');
    expect(words(page)).toBe(words(experimentPage(made)));
  },
);

const overlap = (a: readonly number[], b: readonly number[]): boolean =>
  (a[0] as number) < (b[1] as number) && (b[0] as number) < (a[1] as number);

test('every planned design and setting is in the results of its round', () => {
  for (const { designs, results } of made) {
    const planned = designs.flatMap(({ id, settings }) => settings.map((s) => `${id}: ${s}`));
    for (const { selection } of results.networks)
      expect(selection.tried.map(({ design, setting }) => `${design}: ${setting}`)).toEqual(
        planned,
      );
  }
});

test('no test image is in two ranges, of either round', () => {
  const [first, second] = [readPlan(), readSecondPlan()];
  for (const { id, dataset, report, moreReport } of second.networks) {
    const before = first.networks.filter((n) => n.dataset === dataset).map((n) => n.report);
    const [part, from, end] = second.images.selection[dataset];
    const ranges = [
      first.images.selection[dataset],
      ...(part === 'test' ? [[from, end]] : []),
      report,
      ...(moreReport === undefined ? [] : [moreReport]),
    ];
    for (const own of [report, ...(moreReport === undefined ? [] : [moreReport])]) {
      for (const other of [...before, ...ranges.filter((range) => range !== own)])
        expect([id, overlap(own, other)]).toEqual([id, false]);
    }
    if (part === 'test') {
      for (const other of [...before, first.images.selection[dataset]])
        expect(overlap([from, end], other)).toBe(false);
    }
  }
});

test('a goal that is reached is said to be, a success on one network alone is not', () => {
  const round = made[1]!;
  const network = round.results.networks[0]!;
  const verdicts = network.verdicts.map((v) => ({ ...v, success: true }));
  const results = { ...round.results, networks: [{ ...network, verdicts }] };
  const page = (goalReached: boolean) =>
    experimentPage([{ ...round, results: { ...results, goalReached } }]);
  expect(page(true)).toContain('**Yes**: trained (lambda 0.5) on mnist-mlp');
  expect(page(false)).toMatch(/\*\*No\.\*\* Only trained \(lambda 0\.5\) on mnist-mlp-sigma0\.5/);
});
