import type { Ascent, Climbed } from './apgd-ascent.js';
import { attemptAt, betterAttempt } from './attempt.js';
import { lossValue, meanLossGradient } from './losses.js';
import { fillProjection } from './project.js';
import type { Asking } from './search.js';

/** Share of the coordinates that the first steps move. */
const FIRST_SHARE = 0.2;

/**
 * In units of epsilon. A projection that takes back a whole step leaves changes of one rounding, which must not count:
 * they would keep the number of coordinates up, and the next step would be taken back as well.
 */
const DUST = 1e-5;

/**
 * APGD in l1: a step moves the coordinates of the largest slopes by equal amounts, epsilon together at first, then projects
 * onto ball and bounds exactly. Every .04 n steps the number of coordinates becomes the number that the best point
 * changes, over 1.5; where that number fell by 5 % the step is epsilon again and the climb goes on from the best
 * point, otherwise the step is divided by 1.5, down to epsilon / 10.
 *
 * @see Croce, Hein 2021, "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers", Algorithm 2
 */
export function* apgdL1Ascent(ascent: Ascent & { readonly epsilon: number }): Asking<Climbed> {
  const { problem, set, start, iterations, goal, loss, copies, epsilon } = ascent;
  const size = start.length;
  const period = Math.max(1, Math.floor(0.04 * iterations));
  const point = start.slice();
  let best = attemptAt(problem, problem.x, problem.clean);
  let answer = yield* meanLossGradient(goal, point, loss, copies);
  let top = { x: point.slice(), value: lossValue(goal, answer.logits, loss), answer };
  let step = epsilon;
  let share = FIRST_SHARE;
  let changed = size;
  for (let iteration = 1; ; iteration += 1) {
    // Points of a wider ball are steps on the way, not attempts.
    if (set === problem.set) best = betterAttempt(best, attemptAt(problem, point, answer.logits));
    if (answer.gradient.every((slope) => slope === 0)) best = { ...best, zeroGradient: true };
    if (best.found || iteration > iterations) return { best, top: top.x };
    fillLargest(point, answer.gradient, Math.max(1, Math.round(share * size)), step);
    fillProjection(point, set);
    answer = yield* meanLossGradient(goal, point, loss, copies);
    const value = lossValue(goal, answer.logits, loss);
    if (value > top.value) top = { x: point.slice(), value, answer };
    if (iteration % period !== 0) continue;
    const now = changedCoordinates(top.x, problem.x, DUST * epsilon);
    share = now / size / 1.5;
    if (now < 0.95 * changed) {
      if (set === problem.set) best = betterAttempt(best, attemptAt(problem, point, answer.logits));
      step = epsilon;
      point.set(top.x);
      answer = top.answer;
    } else {
      step = Math.max(step / 1.5, epsilon / 10);
    }
    changed = now;
  }
}

function changedCoordinates(point: Float32Array, x: Float32Array, dust: number): number {
  return point.reduce((count, v, i) => count + (Math.abs(v - (x[i] as number)) > dust ? 1 : 0), 0);
}

/** Moves the `count` coordinates of the largest slopes (and those level with the last) by `step` together. */
function fillLargest(
  point: Float32Array,
  gradient: Float32Array,
  count: number,
  step: number,
): void {
  const magnitudes = gradient.map(Math.abs).sort();
  const threshold = magnitudes[magnitudes.length - count] as number;
  const moves = (slope: number): boolean => slope !== 0 && Math.abs(slope) >= threshold;
  const moved = gradient.reduce((total, slope) => total + (moves(slope) ? 1 : 0), 0);
  for (let i = 0; i < point.length; i += 1) {
    const slope = gradient[i] as number;
    if (moves(slope)) point[i] = (point[i] as number) + (Math.sign(slope) * step) / moved;
  }
}
