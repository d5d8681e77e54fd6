import { adam } from './adam.js';
import { requireCounts } from './apgd.js';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, attemptInside, betterAttempt } from './attempt.js';
import { requireNumbers, type CarliniWagnerOptions } from './carlini-wagner-l2.js';
import { distance } from './distance.js';
import { goalScore, meetsGoal } from './goal.js';
import { lossGradient } from './losses.js';
import { movingRoom } from './moving-room.js';
import type { Asking, Problem } from './search.js';
import { tanhSpace, type TanhSpace } from './tanh-space.js';

const FIRST_CONSTANT = 1e-5;
const LARGEST_CONSTANT = 20;
const SHRINK = 0.9;

/**
 * Carlini and Wagner's linf attack: minimizes sum_i max(0, |x'_i - x_i| - tau) + c max(0, kappa - margin) by Adam; c doubles until a
 * point within tau is found, then tau becomes nine tenths of that point's distance and the search goes on from there; a success
 * if the nearest point found lies in the region. In regions of another norm the nearest point in linf is still what is looked for.
 *
 * tau begins at the width of the bounds. A run for one c ends at the first point found within tau.
 *
 * @throws {FloatpathError} see `carliniWagnerL2`
 * @see Carlini, Wagner 2017, "Towards evaluating the robustness of neural networks", section VI-C
 */
export function carliniWagnerLinf({
  iterations = 1000,
  learningRate = 0.005,
  confidence = 0,
}: CarliniWagnerOptions = {}): SearchAttack {
  requireCounts('carliniWagnerLinf', { iterations });
  requireNumbers('carliniWagnerLinf', { learningRate }, confidence);
  const constants = Math.ceil(Math.log2(LARGEST_CONSTANT / FIRST_CONSTANT)) + 1;
  // From the whole width down to one gray level.
  const radii = Math.ceil(Math.log(1 / 256) / Math.log(SHRINK));
  const most = (constants + radii) * iterations;
  return attackOf({
    name: `carliniWagnerLinf(${iterations} iterations, learning rate ${learningRate}, confidence ${confidence})`,
    randomized: false,
    sees: 'gradients',
    cost: () => ({ forward: most + 1, backward: most }),
    *search(problem) {
      const { x, bounds } = problem;
      const space = tanhSpace(movingRoom(problem));
      let nearest: Float32Array | undefined;
      let best = attemptAt(problem, x, problem.clean);
      let w = space.toSpace(x);
      let tau = bounds[1] - bounds[0];
      let constant = FIRST_CONSTANT;
      while (constant <= LARGEST_CONSTANT && tau > (bounds[1] - bounds[0]) / 256) {
        const descent = { problem, space, tau, constant, iterations, learningRate, confidence };
        const run = yield* descend(descent, w.slice());
        if (run.zeroGradient) best = { ...best, zeroGradient: true };
        if (run.point === undefined) {
          constant *= 2;
          continue;
        }
        nearest = run.point;
        w = run.w;
        tau = SHRINK * distance(nearest, x, 'linf');
      }
      if (nearest === undefined) return best;
      best = betterAttempt(best, yield* attemptInside(problem, nearest));
      return best;
    },
  });
}

interface Descent extends Required<CarliniWagnerOptions> {
  readonly problem: Problem;
  readonly space: TanhSpace;
  readonly tau: number;
  readonly constant: number;
}

interface Descended {
  /** Meets the goal within tau. */
  readonly point?: Float32Array;
  readonly w: Float64Array;
  readonly zeroGradient: boolean;
}

function* descend(descent: Descent, w: Float64Array): Asking<Descended> {
  const { problem, space, tau, constant, iterations, learningRate, confidence } = descent;
  const { x, goal } = problem;
  const point = new Float32Array(x.length);
  const slopes = new Float64Array(x.length);
  const optimizer = adam(x.length, learningRate);
  let zeroGradient = false;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    space.fillPoint(point, w);
    const { logits, gradient } = yield* lossGradient(goal, point, 'margin');
    const score = goalScore(logits, goal);
    const found = score >= confidence && meetsGoal(logits, goal);
    if (found && distance(point, x, 'linf') <= tau) return { point, w, zeroGradient };
    const pushed = score < confidence;
    if (pushed && gradient.every((slope) => slope === 0)) zeroGradient = true;
    for (let i = 0; i < x.length; i += 1) {
      const offset = (point[i] as number) - (x[i] as number);
      const pull = Math.abs(offset) > tau ? Math.sign(offset) : 0;
      slopes[i] = pull - (pushed ? constant * (gradient[i] as number) : 0);
    }
    space.fillChain(slopes, w);
    optimizer.fillStep(w, slopes);
  }
  return { w, zeroGradient };
}
