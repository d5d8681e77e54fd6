import { requireArgument } from '@floatpath/core';
import { requireCounts } from './apgd.js';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, betterAttempt } from './attempt.js';
import { requireStep, type BimOptions } from './bim.js';
import { lossGradient } from './losses.js';
import { pgdCost } from './pgd.js';
import { fillProjection } from './project.js';
import { ask } from './search.js';
import { fillAscent } from './step.js';

export interface MiFgsmOptions extends BimOptions {
  /** The decay factor mu of the accumulated gradients. Default 1. */
  readonly momentum?: number;
}

/**
 * MI-FGSM: from x, steps along g <- mu g + gradient / ||gradient||_1, which is what moves on to other models best.
 *
 * As in the paper the gradient is divided by its l1 norm before it is added; Foolbox adds its sign instead, torchattacks
 * and CleverHans divide by the mean, which is the same up to scale. A gradient of exactly zero ends the search, and raises the warning
 * `zero-gradient`.
 *
 * @throws {FloatpathError} `invalid-argument` if `momentum` is not a finite number >= 0; else as `pgd`
 * @see Dong, Liao, Pang, Su, Zhu, Hu, Li 2018, "Boosting adversarial attacks with momentum", Algorithm 1; l2: section 3.3
 */
export function miFgsm({
  steps = 10,
  relativeStep = 1 / steps,
  objective = 'cross-entropy',
  momentum = 1,
}: MiFgsmOptions = {}): SearchAttack {
  requireCounts('miFgsm', { steps });
  requireStep('miFgsm', relativeStep);
  requireArgument(
    Number.isFinite(momentum) && momentum >= 0,
    `miFgsm: expected momentum a finite number >= 0, got ${momentum}`,
  );
  return attackOf({
    name: `miFgsm(${steps} steps, relative step ${relativeStep}, momentum ${momentum}, ${objective})`,
    randomized: false,
    sees: 'gradients',
    cost: () => pgdCost(steps, objective),
    *search(problem) {
      const point = problem.x.slice();
      const gathered = new Float32Array(point.length);
      let best = attemptAt(problem, problem.x, problem.clean);
      for (let step = 0; step < steps; step += 1) {
        const { logits, gradient } = yield* lossGradient(problem.goal, point, objective);
        best = betterAttempt(best, attemptAt(problem, point, logits));
        if (best.found) return best;
        const length = gradient.reduce((sum, slope) => sum + Math.abs(slope), 0);
        if (length === 0) return { ...best, zeroGradient: true };
        gradient.forEach((slope, i) => {
          gathered[i] = momentum * (gathered[i] as number) + slope / length;
        });
        fillAscent(point, gathered, relativeStep, problem.set);
        fillProjection(point, problem.set);
      }
      const { logits } = yield* ask({ kind: 'logits', x: point });
      return betterAttempt(best, attemptAt(problem, point, logits));
    },
  });
}
