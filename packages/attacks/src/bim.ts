import { requireArgument } from '@floatpath/core';
import { attackOf, type SearchAttack } from './attack.js';
import { requireCounts } from './apgd.js';
import type { Loss } from './losses.js';
import { pgdCost, pgdSearch } from './pgd.js';

export interface BimOptions {
  /** Default 10. */
  readonly steps?: number;
  /** In units of epsilon. Default 1 / steps. */
  readonly relativeStep?: number;
  /** Default `cross-entropy`. */
  readonly objective?: Loss;
}

/**
 * The basic iterative method: PGD from x itself. By default the steps just reach the edge of the ball; the paper's are of one
 * gray level.
 *
 * @throws {FloatpathError} `invalid-argument` as `pgd`
 * @see Kurakin, Goodfellow, Bengio 2017, "Adversarial examples in the physical world", section 2.2
 */
export function bim({
  steps = 10,
  relativeStep = 1 / steps,
  objective = 'cross-entropy',
}: BimOptions = {}): SearchAttack {
  requireCounts('bim', { steps });
  requireStep('bim', relativeStep);
  return attackOf({
    name: `bim(${steps} steps, relative step ${relativeStep}, ${objective})`,
    search: pgdSearch({ steps, relativeStep, objective, randomStart: false }),
    randomized: false,
    sees: 'gradients',
    cost: () => pgdCost(steps, objective),
  });
}

export function requireStep(attack: string, relativeStep: number): void {
  requireArgument(
    Number.isFinite(relativeStep) && relativeStep > 0,
    `${attack}: expected relativeStep a finite number above 0, got ${relativeStep}`,
  );
}
