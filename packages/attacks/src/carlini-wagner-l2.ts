import { requireArgument } from '@floatpath/core';
import { adam } from './adam.js';
import { requireCounts } from './apgd.js';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, attemptInside, betterAttempt } from './attempt.js';
import { distance } from './distance.js';
import { goalScore, meetsGoal } from './goal.js';
import { lossGradient } from './losses.js';
import { movingRoom } from './moving-room.js';
import { tanhSpace } from './tanh-space.js';

export interface CarliniWagnerOptions {
  /** Of the optimizer, per constant. Default 1000. */
  readonly iterations?: number;
  /** Default .01 for l2, .005 for linf. */
  readonly learningRate?: number;
  /** The margin kappa that a point must reach. Default 0. */
  readonly confidence?: number;
}

export interface CarliniWagnerL2Options extends CarliniWagnerOptions {
  /** Constants tried by binary search. Default 9. */
  readonly searchSteps?: number;
  /** The first constant. Default .001. */
  readonly firstConstant?: number;
}

const LARGEST_CONSTANT = 1e10;

/**
 * Carlini and Wagner's l2 attack: minimizes ||x' - x||_2^2 + c max(0, kappa - margin) over the box of the bounds by Adam, with the
 * constant c found by binary search; a success if the nearest point found lies in the region. In regions of another norm
 * the nearest point in l2 is still what is looked for.
 *
 * The margin is that of the logits, whatever their signs, and pixels at the bounds can move, unlike in torchattacks. Defaults are the
 * paper's, but for 1000 iterations in place of 10,000 (CleverHans); a constant is given up where a tenth of them improved nothing.
 *
 * @throws {FloatpathError} `invalid-argument` if a count is not a positive integer or a number not above 0; its `run` rejects as
 * that of `pgd`
 * @see Carlini, Wagner 2017, "Towards evaluating the robustness of neural networks", section V and VI-A
 */
export function carliniWagnerL2({
  iterations = 1000,
  learningRate = 0.01,
  confidence = 0,
  searchSteps = 9,
  firstConstant = 1e-3,
}: CarliniWagnerL2Options = {}): SearchAttack {
  requireCounts('carliniWagnerL2', { iterations, searchSteps });
  requireNumbers('carliniWagnerL2', { learningRate, firstConstant }, confidence);
  return attackOf({
    name: `carliniWagnerL2(${searchSteps} x ${iterations} iterations, learning rate ${learningRate}, first constant ${firstConstant}, confidence ${confidence})`,
    randomized: false,
    sees: 'gradients',
    cost: () => ({ forward: searchSteps * iterations + 1, backward: searchSteps * iterations }),
    *search(problem) {
      const { x, goal } = problem;
      const space = tanhSpace(movingRoom(problem));
      const point = new Float32Array(x.length);
      const slopes = new Float64Array(x.length);
      let nearest: { x: Float32Array; length: number } | undefined;
      let best = attemptAt(problem, x, problem.clean);
      let [lower, constant, upper] = [0, firstConstant, LARGEST_CONSTANT];
      for (let round = 0; round < searchSteps; round += 1) {
        const w = space.toSpace(x);
        const optimizer = adam(x.length, learningRate);
        let succeeded = false;
        let earlier = Infinity;
        for (let iteration = 0; iteration < iterations; iteration += 1) {
          space.fillPoint(point, w);
          const { logits, gradient } = yield* lossGradient(goal, point, 'margin');
          const score = goalScore(logits, goal);
          const length = distance(point, x, 'l2');
          if (score >= confidence && meetsGoal(logits, goal)) {
            succeeded = true;
            if (length < (nearest?.length ?? Infinity)) nearest = { x: point.slice(), length };
          }
          const hinge = Math.max(0, confidence - score);
          if (hinge > 0 && gradient.every((slope) => slope === 0))
            best = { ...best, zeroGradient: true };
          for (let i = 0; i < x.length; i += 1) {
            const pull = 2 * ((point[i] as number) - (x[i] as number));
            slopes[i] = pull - (hinge > 0 ? constant * (gradient[i] as number) : 0);
          }
          space.fillChain(slopes, w);
          optimizer.fillStep(w, slopes);
          if ((iteration + 1) % Math.max(1, Math.floor(iterations / 10)) !== 0) continue;
          const loss = length ** 2 + constant * hinge;
          if (loss > 0.9999 * earlier) break;
          earlier = loss;
        }
        if (succeeded) upper = constant;
        else lower = constant;
        constant = upper < LARGEST_CONSTANT ? (lower + upper) / 2 : constant * 10;
      }
      if (nearest !== undefined) {
        best = betterAttempt(best, yield* attemptInside(problem, nearest.x));
      }
      return best;
    },
  });
}

export function requireNumbers(
  attack: string,
  positive: Readonly<Record<string, number>>,
  confidence: number,
): void {
  for (const [name, value] of Object.entries(positive)) {
    requireArgument(
      Number.isFinite(value) && value > 0,
      `${attack}: expected ${name} a finite number above 0, got ${value}`,
    );
  }
  requireArgument(
    Number.isFinite(confidence) && confidence >= 0,
    `${attack}: expected confidence a finite number >= 0, got ${confidence}`,
  );
}
