import type { Attack } from '@floatpath/core';
import { eotPgd, pgd, restarts, square } from '@floatpath/attacks';
import type { PreparedModel } from './prepare.js';

/** What an audit attacks a network with. */
export interface Attacks {
  readonly network: Attack;
  /** Absent where there is no gradient to climb. */
  readonly smoothed?: Attack;
}

/** What climbs gradients: PGD, and PGD on the expectation over noise. */
export function gradientAttacks(sigma: number): Required<Attacks> {
  return {
    network: restarts(pgd({ steps: 40, relativeStep: 0.1, objective: 'margin' }), 5),
    smoothed: eotPgd({ sigma, draws: 8, steps: 10, checkDraws: 32 }),
  };
}

/** PGD where the classifier has a gradient, a search by scores where it has none. */
export function attacksOn({ hasGradient }: PreparedModel, sigma: number): Attacks {
  return hasGradient ? gradientAttacks(sigma) : { network: square({ queries: 1000 }) };
}
