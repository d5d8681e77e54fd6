import { apgdCost, eotText, requireCounts, type ApgdOptions } from './apgd.js';
import { apgdRun } from './apgd-run.js';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, betterAttempt } from './attempt.js';
import { labelGoal } from './goal.js';
import { lanes } from './lanes.js';
import { targetClasses } from './target-classes.js';

export interface ApgdTargetedOptions extends Omit<ApgdOptions, 'objective'> {
  /** How many classes to go for, in the order of their logits at x. Default 9; as many as there are. */
  readonly targets?: number;
}

/**
 * APGD-T: one run of APGD per class on the targeted DLR loss toward it, until a run succeeds. Any wrong label is a success,
 * unless the criterion names a target, which is then the only class to go for.
 *
 * With fewer than four classes, where that loss is undefined, the targeted margin z_t - max_{j != t} z_j takes its place.
 *
 * @throws {FloatpathError} `invalid-argument` if a count is not a positive integer; its `run` rejects as that of `pgd`, and with
 * `invalid-argument` for a linear criterion
 * @see Croce, Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
 * attacks", equation 7 and section 5
 */
export function apgdTargeted({
  targets = 9,
  iterations = 100,
  eotIterations = 1,
  largeRadii = false,
}: ApgdTargetedOptions = {}): SearchAttack {
  requireCounts('apgdTargeted', { targets, iterations, eotIterations });
  return attackOf({
    name: `apgdTargeted(${targets} targets, ${iterations} iterations${eotText(eotIterations)}${largeRadii ? ', large radii in l1' : ''})`,
    randomized: true,
    sees: 'gradients',
    cost: (classes) => apgdCost(Math.min(targets, classes - 1) * iterations * eotIterations, 'dlr'),
    *search(problem) {
      const { seed, image, restart } = problem;
      const goal = labelGoal(problem.goal, 'apgdTargeted');
      let best = attemptAt(problem, problem.x, problem.clean);
      for (const [rank, target] of targetClasses(goal, problem, targets).entries()) {
        const settings = {
          problem,
          goal: { ...goal, target },
          loss: 'dlr' as const,
          iterations,
          copies: eotIterations,
          largeRadii,
        };
        const draw = restart * targets + rank;
        const lane = lanes.apgdTargetedStart;
        const run = apgdRun(settings, { seed, purpose: 'attack', image, draw, lane });
        best = betterAttempt(best, yield* run);
        if (best.found) return best;
      }
      return best;
    },
  });
}
