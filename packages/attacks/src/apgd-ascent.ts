import { apgdCheckpoints } from './apgd-checkpoints.js';
import { attemptAt, betterAttempt } from './attempt.js';
import type { FeasibleSet } from './feasible.js';
import type { Goal } from './goal.js';
import { lossValue, meanLossGradient, type Loss } from './losses.js';
import { fillProjection } from './project.js';
import type { Asking, Attempt, Problem } from './search.js';
import { fillAscent } from './step.js';

const MOMENTUM = 0.75;
/** Share of a period's steps that have to raise the loss, or the step size is halved. */
const RHO = 0.75;

/** One climb from one start. */
export interface Ascent {
  readonly problem: Problem;
  /** Where it moves; wider than the problem's own set on the way in from larger radii. */
  readonly set: FeasibleSet;
  readonly start: Float32Array;
  readonly iterations: number;
  /** What the loss is about: the problem's goal, or one class to go for. */
  readonly goal: Goal;
  readonly loss: Loss;
  readonly copies: number;
}

export interface Climbed {
  readonly best: Attempt;
  /** The point of the highest loss. */
  readonly top: Float32Array;
}

/**
 * APGD in linf, l2 and boxes: steps with momentum, the first of length 2 epsilon. At each checkpoint, if fewer than
 * three in four steps raised the loss, or neither the step was halved nor a new highest loss found since the last one,
 * the step is halved and the climb goes on from the point of the highest loss. Ends at the first point that meets the goal.
 *
 * The authors' code compares with <= where the paper has <, and leaves the loss of the start out of the first period's count;
 * here the paper holds.
 *
 * @see Croce, Hein 2020, Algorithm 1
 */
export function* apgdAscent(ascent: Ascent): Asking<Climbed> {
  const { problem, set, start, iterations, goal, loss, copies } = ascent;
  const checkpoints = apgdCheckpoints(iterations);
  const point = start.slice();
  const previous = start.slice();
  let best = attemptAt(problem, problem.x, problem.clean);
  let answer = yield* meanLossGradient(goal, point, loss, copies);
  let value = lossValue(goal, answer.logits, loss);
  let top = { x: point.slice(), value, answer };
  let step = 2;
  let last = { iteration: 0, step, value };
  let rises = 0;
  for (let iteration = 1; ; iteration += 1) {
    best = betterAttempt(best, attemptAt(problem, point, answer.logits));
    if (answer.gradient.every((slope) => slope === 0)) best = { ...best, zeroGradient: true };
    if (best.found || iteration > iterations) return { best, top: top.x };
    moveOn(point, previous, answer.gradient, step, iteration === 1 ? 1 : MOMENTUM, set);
    answer = yield* meanLossGradient(goal, point, loss, copies);
    const next = lossValue(goal, answer.logits, loss);
    if (next > value) rises += 1;
    value = next;
    if (value > top.value) top = { x: point.slice(), value, answer };
    if (!checkpoints.has(iteration)) continue;
    const tooFew = rises < RHO * (iteration - last.iteration);
    const stuck = last.step === step && last.value === top.value;
    last = { iteration, step, value: top.value };
    rises = 0;
    if (!tooFew && !stuck) continue;
    step /= 2;
    best = betterAttempt(best, attemptAt(problem, point, answer.logits));
    point.set(top.x);
    ({ value, answer } = top);
  }
}

/** One step with momentum: `point` becomes the next point, `previous` the present one. */
function moveOn(
  point: Float32Array,
  previous: Float32Array,
  gradient: Float32Array,
  step: number,
  share: number,
  set: FeasibleSet,
): void {
  const ahead = point.slice();
  fillAscent(ahead, gradient, step, set);
  fillProjection(ahead, set);
  for (let i = 0; i < point.length; i += 1) {
    const here = point[i] as number;
    point[i] =
      here + share * ((ahead[i] as number) - here) + (1 - share) * (here - (previous[i] as number));
    previous[i] = here;
  }
  fillProjection(point, set);
}
