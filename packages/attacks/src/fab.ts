import { requireCounts } from './apgd.js';
import { fillApgdStart } from './apgd-start.js';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, nearerAttempt } from './attempt.js';
import type { Queries } from './answer-batch.js';
import { fabRun } from './fab-search.js';
import { labelGoal } from './goal.js';
import { sharedWorkspaces } from './hyperplane.js';
import { lanes } from './lanes.js';
import { scaledSet } from './scaled-set.js';
import type { Problem } from './search.js';
import { targetClasses } from './target-classes.js';

export interface FabOptions {
  /** Default 100. */
  readonly iterations?: number;
}

export interface FabTargetedOptions extends FabOptions {
  /** How many classes to go for, in the order of their logits at x. Default 9; as many as there are. */
  readonly targets?: number;
}

/**
 * FAB: looks for the nearest point of another label, whatever epsilon is; a success if that lies in the region. The row's
 * distance bounds the smallest perturbation from above.
 *
 * Every step asks for the gradients of all classes. Further restarts begin at a random point at half the radius. In a box
 * the distance is linf, and the box is never left.
 *
 * @throws {FloatpathError} `invalid-argument` if `iterations` is not a positive integer; its `run` rejects as that of `pgd`, and
 * with `invalid-argument` for a linear criterion
 * @see Croce, Hein 2020, "Minimally distorted adversarial examples with a fast adaptive boundary attack"
 */
export function fab({ iterations = 100 }: FabOptions = {}): SearchAttack {
  requireCounts('fab', { iterations });
  const workspaces = sharedWorkspaces();
  return attackOf({
    name: `fab(${iterations} iterations)`,
    randomized: true,
    sees: 'gradients',
    cost: (classes) => fabCost(iterations, (classes - 1) * iterations),
    search: (problem) => {
      const goal = labelGoal(problem.goal, 'fab');
      const rivals = targetClasses(goal, problem, problem.classes - 1);
      const start = startOf(problem, problem.restart);
      return fabRun({ problem, label: goal.label, rivals, start, iterations, workspaces });
    },
  });
}

/**
 * FAB-T: one run of FAB per class toward the boundary with that class alone, which costs one gradient a step. The nearest
 * point of all runs is returned.
 *
 * @throws {FloatpathError} see {@link fab}
 * @see Croce, Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks", section 5
 */
export function fabTargeted({
  targets = 9,
  iterations = 100,
}: FabTargetedOptions = {}): SearchAttack {
  requireCounts('fabTargeted', { targets, iterations });
  const workspaces = sharedWorkspaces();
  return attackOf({
    name: `fabTargeted(${targets} targets, ${iterations} iterations)`,
    randomized: true,
    sees: 'gradients',
    cost: (classes) => fabCost(Math.min(targets, classes - 1) * (iterations + 1)),
    *search(problem) {
      const goal = labelGoal(problem.goal, 'fabTargeted');
      let best = attemptAt(problem, problem.x, problem.clean);
      for (const [rank, rival] of targetClasses(goal, problem, targets).entries()) {
        const draw = problem.restart === 0 ? 0 : problem.restart * targets + rank;
        const start = startOf(problem, draw);
        const { label } = goal;
        const run = fabRun({ problem, label, rivals: [rival], start, iterations, workspaces });
        best = nearerAttempt(best, yield* run, problem);
      }
      return best;
    },
  });
}

/** x at first, then a random point at half the radius. */
function startOf(problem: Problem, draw: number): Float32Array {
  const start = problem.x.slice();
  if (draw === 0) return start;
  const { seed, image } = problem;
  const stream = { seed, purpose: 'attack', image, draw, lane: lanes.fabStart } as const;
  fillApgdStart(start, scaledSet(problem, 0.5), stream);
  return start;
}

/** Every step looks at the boundaries, then at where it went. */
function fabCost(steps: number, gradients = steps): Queries {
  return { forward: gradients + steps + 1, backward: gradients };
}
