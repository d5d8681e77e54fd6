import { requireArgument } from '@floatpath/core';
import { apgdRun } from './apgd-run.js';
import { attackOf, type SearchAttack } from './attack.js';
import type { Queries } from './answer-batch.js';
import { lanes } from './lanes.js';
import type { Loss } from './losses.js';

export interface ApgdOptions {
  /** Default 100. */
  readonly iterations?: number;
  /** Default `cross-entropy`: APGD-CE. `dlr`: APGD-DLR. */
  readonly objective?: Loss;
  /** Gradients averaged per step, for classifiers that answer at random. Default 1. */
  readonly eotIterations?: number;
  /** In l1, three tenths of the iterations at 3 epsilon, three at 2 epsilon, the rest at epsilon. Default false. */
  readonly largeRadii?: boolean;
}

/**
 * Auto-PGD: PGD with momentum that halves its own step where progress stops; in l1 the sparse variant. No step size to
 * choose. For several starts: `restarts(apgd(), 5)`.
 *
 * Ends at the first point that meets the criterion, else returns the point of the largest margin. The authors' code runs on and returns the
 * last misclassified iterate; which rows are broken does not depend on that. Its projection onto the l2 ball rescales and
 * then clips; here it is clipped first, which stays inside as well and wastes no radius. Other differences: see
 * `apgdAscent`, `apgdCheckpoints`.
 *
 * @throws {FloatpathError} `invalid-argument` if a count is not a positive integer; its `run` rejects as that of `pgd`
 * @see Croce, Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks"
 * @see Croce, Hein 2021, "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers"
 * @example
 * const attack = restarts(apgd({ objective: 'dlr' }), 5);
 */
export function apgd({
  iterations = 100,
  objective = 'cross-entropy',
  eotIterations = 1,
  largeRadii = false,
}: ApgdOptions = {}): SearchAttack {
  requireCounts('apgd', { iterations, eotIterations });
  return attackOf({
    name: `apgd(${iterations} iterations, ${objective}${eotText(eotIterations)}${largeRadii ? ', large radii in l1' : ''})`,
    randomized: true,
    sees: 'gradients',
    cost: () => apgdCost(iterations * eotIterations, objective),
    *search(problem) {
      const { goal, seed, image, restart: draw } = problem;
      const settings = { problem, goal, loss: objective, iterations, copies: eotIterations };
      const stream = { seed, purpose: 'attack', image, draw, lane: lanes.apgdStart } as const;
      return yield* apgdRun({ ...settings, largeRadii }, stream);
    },
  });
}

export function apgdCost(gradients: number, objective: Loss): Queries {
  return { forward: (objective === 'dlr' ? 2 : 1) * (gradients + 3), backward: gradients + 3 };
}

export function eotText(eotIterations: number): string {
  return eotIterations === 1 ? '' : `, ${eotIterations} EOT iterations`;
}

export function requireCounts(attack: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    requireArgument(
      Number.isSafeInteger(count) && count > 0,
      `${attack}: expected ${name} a positive integer, got ${count}`,
    );
  }
}
