import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { experimentPage, type Results } from './page.js';
import { readPlan } from './plan.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const results = JSON.parse(read('../results.json')) as Results;
const plan = readPlan();
/** Prettier pads the cells of tables, and writes _ for *. */
const words = (page: string) => page.replaceAll(/[\s|*_-]+/g, ' ');

test.skipIf(!existsSync(new URL('../../apps/docs/find-a-better-one.md', import.meta.url)))(
  'the published page says what the results say',
  () => {
    const page = read('../../apps/docs/find-a-better-one.md');
    expect(words(page)).toBe(words(experimentPage(results, plan.designs)));
  },
);

test('every planned design and setting is in the results, and no image is in two ranges', () => {
  const planned = plan.designs.flatMap(({ id, settings }) => settings.map((s) => `${id}: ${s}`));
  for (const { selection, dataset, report } of results.networks) {
    expect(selection.tried.map(({ design, setting }) => `${design}: ${setting}`)).toEqual(planned);
    const [first, end] = plan.images.selection[dataset];
    expect(report[0] >= end || report[1] <= first).toBe(true);
  }
});

test('a goal that is reached is said to be, a success on one network alone is not', () => {
  const [first] = results.networks;
  const verdicts = first!.verdicts.map((v) => ({ ...v, success: true }));
  const won = { ...results, goalReached: true, networks: [{ ...first!, verdicts }] };
  expect(experimentPage(won, plan.designs)).toContain('**Yes**: trained (lambda 0.5) on mnist-mlp');
  const half = experimentPage({ ...won, goalReached: false }, plan.designs);
  expect(half).toMatch(/\*\*No\.\*\* Only trained on mnist-mlp-sigma0\.5/);
});
