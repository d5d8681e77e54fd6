import { readFileSync, writeFileSync } from 'node:fs';
import { experimentPage, type Results, type Round } from './page.js';
import { readPlan } from './plan.js';
import { readSecondPlan } from './second/plan.js';

const PAGE = new URL('../../apps/docs/find-a-better-one.md', import.meta.url);

const results = (name: string): Results =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')) as Results;

/** Both rounds, from the results that are kept. */
export function rounds(): readonly Round[] {
  return [
    {
      title: 'Second round: everything trained',
      about:
        'Every design is trained through its own forward, all layers and its own numbers, and so is every control with as many steps on the same noisy images. One design per network goes on to the report images.',
      plan: 'experiments/plan-2.json',
      designs: readSecondPlan().designs,
      results: results('results-2.json'),
    },
    {
      title: 'First round',
      about:
        'Designs on the networks as they are, and one whose last two layers are fine-tuned. Two designs per network go on to the report images.',
      plan: 'experiments/plan.json',
      designs: readPlan().designs,
      results: results('results.json'),
    },
  ];
}

export function writePage(): void {
  writeFileSync(PAGE, experimentPage(rounds()));
}
