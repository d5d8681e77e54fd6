import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, attemptInside, betterAttempt } from './attempt.js';
import { labelGoal } from './goal.js';
import { targetClasses } from './target-classes.js';

/**
 * Runs an attack toward one other class after the other, in the order of their logits at x, until some class but the label wins: what
 * it leaves, it could not turn into any class. Of unbroken rows the attempt with the largest margin is returned.
 *
 * Costs as many runs as there are other classes. Runs toward different classes share their random starts. Under a targeted criterion
 * there is one class to go for, the target.
 *
 * @throws {FloatpathError} its `run` rejects as the attack's does, and with `invalid-argument` for a linear criterion
 * @see Carlini, Wagner 2017, "Towards evaluating the robustness of neural networks", section V (of all targets the best case)
 * @example
 * const attack = everyTarget(pgd({ steps: 40, objective: 'margin' }));
 */
export function everyTarget({ spec }: SearchAttack): SearchAttack {
  return attackOf({
    ...spec,
    name: `everyTarget(${spec.name})`,
    cost: (classes) => {
      const { forward, backward } = spec.cost(classes);
      return { forward: (classes - 1) * (forward + 1), backward: (classes - 1) * backward };
    },
    *search(problem) {
      const goal = labelGoal(problem.goal, 'everyTarget');
      let best = attemptAt(problem, problem.x, problem.clean);
      for (const target of targetClasses(goal, problem, problem.classes - 1)) {
        const attempt = yield* spec.search({ ...problem, goal: { ...goal, target } });
        // Scores toward different classes do not compare: asked again under the row's own goal.
        const judged = yield* attemptInside(problem, attempt.x);
        best = betterAttempt(best, { ...judged, zeroGradient: attempt.zeroGradient });
        if (best.found) break;
      }
      return best;
    },
  });
}
