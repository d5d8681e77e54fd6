import type { Report } from '../report.js';
import { quantity } from '../story-words.js';
import type { Measure, Rule } from './rule.js';

/** What is compared with a baseline where nobody said it: right as it is, under the report's attack, certified at sigma. */
export function defaultBaselineRules({ settings }: Report): readonly Rule[] {
  const { norm, epsilon, sigma } = settings;
  const rule = (what: string, measure: Measure): Rule => ({
    text: `${what} >= baseline`,
    measure,
    demand: { kind: 'baseline' },
  });
  return [
    rule('clean', { kind: 'clean' }),
    rule(`robust@${norm}:${quantity(epsilon)}`, { kind: 'robust', norm, epsilon }),
    rule(`certified@${quantity(sigma)}`, { kind: 'certified', method: 'plain', radius: sigma }),
  ];
}
