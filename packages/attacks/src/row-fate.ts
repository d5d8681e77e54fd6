import type { AttackRow, Region } from '@floatpath/core';
import { meetsCriterion, predictedLabel } from './attempt.js';
import { distance } from './distance.js';
import { fillProjection } from './project.js';
import { ask, type Asking, type Problem, type Search } from './search.js';

/** Which look at a row is meant, for judges that draw noise: no two looks share draws. */
export type Look =
  | { readonly kind: 'clean' }
  | { readonly kind: 'final' }
  | { readonly kind: 'search'; readonly index: number };

/** Scores per class by which a row is judged right or wrong. */
export type Judge = (
  row: Pick<Problem, 'seed' | 'image'>,
  x: Float32Array,
  look: Look,
) => Asking<Float32Array>;

export interface Fate {
  readonly row: AttackRow;
  readonly x: Float32Array;
  /** Unbroken, and a gradient of exactly zero was met. */
  readonly zeroGradient: boolean;
  /** Wrong in the search, right when asked again. */
  readonly contradicted: boolean;
}

/** Everything that happens to one row: looked at clean, attacked, brought inside, and judged again. */
export function* rowFate(
  search: Search,
  judge: Judge,
  region: Region,
  problem: Omit<Problem, 'clean'>,
): Asking<Fate> {
  const norm = region.kind === 'ball' ? region.norm : 'linf';
  const clean = yield* judge(problem, problem.x, { kind: 'clean' });
  const fate = { x: problem.x, zeroGradient: false, contradicted: false };
  const predictedClean = predictedLabel(clean);
  if (predictedClean !== problem.label) {
    return { ...fate, row: { status: 'already-wrong', predicted: predictedClean, distance: 0 } };
  }
  if (problem.classes < 2 || (region.kind === 'ball' && region.epsilon === 0)) {
    return { ...fate, row: { status: 'failed', predicted: predictedClean, distance: 0 } };
  }
  const attempt = yield* search({ ...problem, clean });
  const x = attempt.x.slice();
  fillProjection(x, problem.set);
  const predicted = predictedLabel(yield* judge(problem, x, { kind: 'final' }));
  const success = meetsCriterion(predicted, problem);
  return {
    x,
    row: {
      status: success ? 'success' : 'failed',
      predicted,
      distance: distance(x, problem.x, norm),
    },
    zeroGradient: attempt.zeroGradient && !success,
    contradicted: attempt.found && !success,
  };
}

/** The classifier's own logits. */
export function* judgeByLogits(_row: unknown, x: Float32Array): Asking<Float32Array> {
  return (yield* ask({ kind: 'logits', x })).logits;
}
