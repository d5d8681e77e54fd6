import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { experimentPage } from './page.js';
import { rounds } from './page-file.js';
import { shortfallLines } from './page-verdicts.js';
import { readPlan } from './plan.js';
import { readSecondPlan } from './second/plan.js';
import { readThirdPlan } from './third/plan.js';

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

test('no test image is in two ranges, of the first two rounds', () => {
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

test('no MNIST test image of the third round is in a range of an earlier one, or in two of its own', () => {
  const [first, second, third] = [readPlan(), readSecondPlan(), readThirdPlan()];
  const of = <N extends { readonly dataset: string; readonly report: readonly number[] }>(
    networks: readonly N[],
  ) => networks.filter(({ dataset }) => dataset === 'mnist').map(({ report }) => report);
  const own = [of(third.networks)[0]!, third.images.selection.mnist.slice(1) as number[]];
  const before = [
    ...of(first.networks),
    ...of(second.networks),
    first.images.selection.mnist,
    second.images.selection.mnist.slice(1) as number[],
  ];
  expect(overlap(own[0]!, own[1]!)).toBe(false);
  for (const range of own) for (const other of before) expect(overlap(range, other)).toBe(false);
  const [, from, end] = third.images.selection.cifar10;
  for (const { report } of third.networks.slice(1))
    expect(overlap(report, [from, end])).toBe(false);
});

test('what a design lacks is said: comparisons that are not significant, and images that it has wrong', () => {
  const { results } = made.at(-2)!;
  const lines = shortfallLines(results).join(' ');
  expect(lines).toContain(
    'mnist-mlp-sigma0.5: soft-restored (trained): no significant gain: +0.0001 [-0.0001, +0.0004] over trained shares at every unit, trained; 587 images right without noise where plain has 588',
  );
  expect(lines).not.toContain('over average, trained; 587');
});

test('a goal that is reached is said to be, a success on one network alone is not', () => {
  const round = made.at(-1)!;
  const network = round.results.networks[0]!;
  const verdicts = network.verdicts.map((v) => ({ ...v, success: true }));
  const results = { ...round.results, networks: [{ ...network, verdicts }] };
  const page = (goalReached: boolean) =>
    experimentPage([{ ...round, results: { ...results, goalReached } }]);
  expect(page(true)).toContain('**Yes**: trained (lambda 0.5) on mnist-mlp');
  expect(page(true)).toContain('+0.0158 [+0.0113, +0.0205] over plain, fine-tuned');
  expect(page(false)).toMatch(/\*\*No\.\*\* Only trained \(lambda 0\.5\) on mnist-mlp-sigma0\.5/);
});
