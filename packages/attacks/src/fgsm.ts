import { attackOf, type SearchAttack } from './attack.js';
import type { Loss } from './losses.js';
import { pgdCost, pgdSearch } from './pgd.js';

/**
 * One step of length epsilon from x along the steepest ascent direction of the region's norm: sign(g) for linf, the
 * normalized gradient for l2. Weak by design; a first look, never evidence of robustness.
 *
 * @see Goodfellow, Shlens, Szegedy 2015, "Explaining and harnessing adversarial examples", section 4
 */
export function fgsm({
  objective = 'cross-entropy',
}: { readonly objective?: Loss } = {}): SearchAttack {
  return attackOf({
    name: `fgsm(${objective})`,
    search: pgdSearch({ steps: 1, relativeStep: 1, objective, randomStart: false }),
    randomized: false,
    sees: 'gradients',
    cost: () => pgdCost(1, objective),
  });
}
