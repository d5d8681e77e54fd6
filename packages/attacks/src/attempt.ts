import { argmaxRows, float32Tensor } from '@floatpath/core';
import type { Attempt, Problem } from './search.js';

type Criteria = Pick<Problem, 'label' | 'target'>;

/** Index of the largest score, lowest index on ties. */
export function predictedLabel(scores: Float32Array): number {
  return argmaxRows(float32Tensor([1, scores.length], scores))[0] as number;
}

/** Untargeted: any label but the row's own. Targeted: the target. */
export function meetsCriterion(predicted: number, { label, target }: Criteria): boolean {
  return target === undefined ? predicted !== label : predicted === target;
}

/** max_{j != y} z_j - z_y, or z_t - max_{j != t} z_j: shift invariant, and defined for two or more classes. */
export function criterionScore(scores: Float32Array, { label, target }: Criteria): number {
  const wanted = target ?? label;
  let other = -Infinity;
  for (let j = 0; j < scores.length; j += 1) {
    if (j !== wanted) other = Math.max(other, scores[j] as number);
  }
  const margin = other - (scores[wanted] as number);
  return target === undefined ? margin : -margin;
}

/** `point`, copied, with the scores that it got. */
export function attemptAt(problem: Problem, point: Float32Array, scores: Float32Array): Attempt {
  return {
    x: point.slice(),
    score: criterionScore(scores, problem),
    found: meetsCriterion(predictedLabel(scores), problem),
    zeroGradient: false,
  };
}

/** A found attempt before any other, then the higher score, then the earlier one. */
export function betterAttempt(earlier: Attempt, later: Attempt): Attempt {
  const laterWins = later.found !== earlier.found ? later.found : later.score > earlier.score;
  const zeroGradient = earlier.zeroGradient || later.zeroGradient;
  return { ...(laterWins ? later : earlier), zeroGradient };
}
