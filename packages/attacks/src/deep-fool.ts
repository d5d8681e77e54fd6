import { requireArgument, type Norm } from '@floatpath/core';
import { requireCounts } from './apgd.js';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, attemptInside, betterAttempt } from './attempt.js';
import { dualNorm } from './fab-search.js';
import { labelGoal, meetsGoal, predictedLabel } from './goal.js';
import { ask, type Query } from './search.js';
import { targetClasses } from './target-classes.js';

export interface DeepFoolOptions {
  /** Default 50. */
  readonly steps?: number;
  /** Added to the whole perturbation, as a share of it. Default .02. */
  readonly overshoot?: number;
  /** How many of the classes with the largest logits at x are gone for. Default 10. */
  readonly candidates?: number;
}

/**
 * DeepFool: steps onto the nearest linearized boundary until the label changes, whatever epsilon is; a success if the
 * point lies in the region. The perturbations of the steps are summed, and overshot once, at the end, as in the paper (torchattacks
 * overshoots at every step). The label attacked is the given one (ART takes the predicted one). Points are clipped to the bounds.
 *
 * In a box the distance is linf. For a targeted criterion the boundary is that between the target and the class that
 * leads at the time.
 *
 * @throws {FloatpathError} `invalid-argument` if a count is not a positive integer or `overshoot` not a finite number >= 0; its
 * `run` rejects as that of `pgd`, and with `invalid-argument` for a linear criterion
 * @see Moosavi-Dezfooli, Fawzi, Frossard 2016, "DeepFool: a simple and accurate method to fool deep neural networks",
 * Algorithm 2; other norms: section 3.3
 */
export function deepFool({
  steps = 50,
  overshoot = 0.02,
  candidates = 10,
}: DeepFoolOptions = {}): SearchAttack {
  requireCounts('deepFool', { steps, candidates });
  requireArgument(
    Number.isFinite(overshoot) && overshoot >= 0,
    `deepFool: expected overshoot a finite number >= 0, got ${overshoot}`,
  );
  return attackOf({
    name: `deepFool(${steps} steps, overshoot ${overshoot}, ${candidates} candidates)`,
    randomized: false,
    sees: 'gradients',
    cost: (classes) => ({
      forward: steps * (Math.min(candidates, classes - 1) + 1) + 1,
      backward: steps * Math.min(candidates, classes - 1),
    }),
    *search(problem) {
      const { x, region, bounds, classes } = problem;
      const goal = labelGoal(problem.goal, 'deepFool');
      const norm: Norm = region.kind === 'ball' ? region.norm : 'linf';
      const rivals = targetClasses(goal, problem, candidates);
      const total = new Float64Array(x.length);
      const point = x.slice();
      let { clean: logits } = problem;
      let best = attemptAt(problem, x, logits);
      for (let step = 0; step < steps && !meetsGoal(logits, goal); step += 1) {
        const from = goal.target === undefined ? goal.label : predictedLabel(logits);
        const answers = yield rivals.map((rival) => difference(point, from, rival, classes));
        let move: { gap: number; slope: Float32Array; dual: number } | undefined;
        for (const [k, { logits: z, gradient }] of answers.entries()) {
          const gap = Math.abs((z[rivals[k] as number] as number) - (z[from] as number));
          const dual = dualNorm(gradient, norm);
          if (dual > 0 && gap / dual < (move ? move.gap / move.dual : Infinity)) {
            move = { gap, slope: gradient, dual };
          }
        }
        if (move === undefined) return { ...best, zeroGradient: true };
        addStep(total, move.slope, move.gap, move.dual, norm);
        for (let i = 0; i < x.length; i += 1) {
          const next = (x[i] as number) + (1 + overshoot) * (total[i] as number);
          point[i] = Math.min(Math.max(next, bounds[0]), bounds[1]);
        }
        ({ logits } = yield* ask({ kind: 'logits', x: point }));
      }
      best = betterAttempt(best, yield* attemptInside(problem, point));
      return best;
    },
  });
}

function difference(point: Float32Array, from: number, rival: number, classes: number): Query {
  const cotangent = new Float32Array(classes);
  cotangent[rival] = 1;
  cotangent[from] = -1;
  return { kind: 'cotangent', x: point, cotangent };
}

/** The shortest step onto the linearized boundary: gap / dual along the steepest direction of the norm. */
function addStep(
  total: Float64Array,
  slope: Float32Array,
  gap: number,
  dual: number,
  norm: Norm,
): void {
  let steepest = true;
  for (let i = 0; i < total.length; i += 1) {
    const own = slope[i] as number;
    let step = 0;
    if (norm === 'linf') step = (gap / dual) * Math.sign(own);
    else if (norm === 'l2') step = (gap / dual ** 2) * own;
    else if (steepest && Math.abs(own) === dual) {
      // l1: the first coordinate of the largest slope does it alone.
      step = gap / own;
      steepest = false;
    }
    total[i] = (total[i] as number) + step;
  }
}
