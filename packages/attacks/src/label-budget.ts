import { attemptAt } from './attempt.js';
import { distance } from './distance.js';
import { meetsGoal } from './goal.js';
import { fillProjection } from './project.js';
import type { Asking, Attempt, Problem } from './search.js';

/** What a search that sees labels alone may do: ask whether points meet the goal, so many times. */
export interface LabelBudget {
  asked(): number;
  left(): number;
  /** Whether the goal is met at each point; of the points that the budget does not reach there is no answer. */
  areMet(points: readonly Float32Array[]): Asking<readonly boolean[]>;
  /** Beyond the budget nothing is asked, and the answer is no. */
  isMet(point: Float32Array): Asking<boolean>;
  /** The nearest point of the region at which the goal was met, of all that were asked for; x if there is none. */
  attempt(): Attempt;
}

/**
 * Labels of one row, `queries` of them. That the nearest point of all is kept makes a larger budget never worse than a smaller one, as
 * long as what is asked for first does not depend on it.
 */
export function labelBudget(problem: Problem, queries: number): LabelBudget {
  const { x, goal, region, set, clean } = problem;
  const norm = region.kind === 'ball' ? region.norm : 'linf';
  let asked = 0;
  let best = attemptAt(problem, x, clean);
  let nearest = Infinity;
  const isInside = (point: Float32Array): boolean => {
    const inside = point.slice();
    fillProjection(inside, set);
    return inside.every((value, i) => value === point[i]);
  };
  const areMet = function* (points: readonly Float32Array[]): Asking<readonly boolean[]> {
    const within = points.slice(0, queries - asked);
    if (within.length === 0) return [];
    asked += within.length;
    const answers = yield within.map((point) => ({ kind: 'logits', x: point }));
    return answers.map(({ logits }, at) => {
      const met = meetsGoal(logits, goal);
      const point = within[at] as Float32Array;
      if (!met) return false;
      const length = distance(point, x, norm);
      if (length < nearest && isInside(point)) {
        nearest = length;
        best = attemptAt(problem, point, logits);
      }
      return true;
    });
  };
  return {
    asked: () => asked,
    left: () => queries - asked,
    areMet,
    *isMet(point) {
      return (yield* areMet([point]))[0] ?? false;
    },
    attempt: () => best,
  };
}
