import { distance } from './distance.js';
import { goalScore, meetsGoal } from './goal.js';
import { fillProjection } from './project.js';
import { ask, type Asking, type Attempt, type Problem } from './search.js';

/** `point`, copied, with the scores that it got. */
export function attemptAt(problem: Problem, point: Float32Array, scores: Float32Array): Attempt {
  return {
    x: point.slice(),
    score: goalScore(scores, problem.goal),
    found: meetsGoal(scores, problem.goal),
    zeroGradient: false,
  };
}

/** The point of the feasible set that `point` projects to, looked at. */
export function* attemptInside(problem: Problem, point: Float32Array): Asking<Attempt> {
  const inside = point.slice();
  fillProjection(inside, problem.set);
  const { logits } = yield* ask({ kind: 'logits', x: inside });
  return attemptAt(problem, inside, logits);
}

/** A found attempt before any other, then the higher score, then the earlier one. */
export function betterAttempt(earlier: Attempt, later: Attempt): Attempt {
  const laterWins = later.found !== earlier.found ? later.found : later.score > earlier.score;
  const zeroGradient = earlier.zeroGradient || later.zeroGradient;
  return { ...(laterWins ? later : earlier), zeroGradient };
}

/** Of two found attempts the one nearer to x. */
export function nearerAttempt(earlier: Attempt, later: Attempt, { x, region }: Problem): Attempt {
  if (!earlier.found || !later.found) return betterAttempt(earlier, later);
  const norm = region.kind === 'ball' ? region.norm : 'linf';
  return distance(later.x, x, norm) < distance(earlier.x, x, norm) ? later : earlier;
}
