import { FloatpathError, type AttackRow } from '@floatpath/core';
import { distance } from './distance.js';
import { meetsGoal, predictedLabel } from './goal.js';
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
  /** The search ended at a point with NaN or infinite logits or gradients. */
  readonly notFinite: boolean;
}

/**
 * Everything that happens to one row: looked at clean, attacked, brought inside, and judged again. A search that meets
 * NaN or infinity ends for its row alone; at x itself it is an error of the model, and thrown.
 */
export function* rowFate(
  search: Search,
  judge: Judge,
  problem: Omit<Problem, 'clean'>,
): Asking<Fate> {
  const { region, goal } = problem;
  const norm = region.kind === 'ball' ? region.norm : 'linf';
  const clean = yield* judge(problem, problem.x, { kind: 'clean' });
  const predicted = predictedLabel(clean);
  const untouched = (status: AttackRow['status']): Fate => ({
    x: problem.x,
    row: { status, predicted, distance: 0 },
    zeroGradient: false,
    contradicted: false,
    notFinite: false,
  });
  if (goal.kind === 'label' && predicted !== goal.label) return untouched('already-wrong');
  if (meetsGoal(clean, goal)) return untouched('success');
  if (goal.kind === 'label' && problem.classes < 2) return untouched('failed');
  if (region.kind === 'ball' && region.epsilon === 0) return untouched('failed');
  try {
    const attempt = yield* search({ ...problem, clean });
    const x = attempt.x.slice();
    fillProjection(x, problem.set);
    const scores = yield* judge(problem, x, { kind: 'final' });
    const success = meetsGoal(scores, goal);
    return {
      x,
      row: {
        status: success ? 'success' : 'failed',
        predicted: predictedLabel(scores),
        distance: distance(x, problem.x, norm),
      },
      zeroGradient: attempt.zeroGradient && !success,
      contradicted: attempt.found && !success,
      notFinite: false,
    };
  } catch (error) {
    if (!(error instanceof FloatpathError && error.code === 'not-finite')) throw error;
    return { ...untouched('failed'), notFinite: true };
  }
}

/** The classifier's own logits. */
export function* judgeByLogits(_row: unknown, x: Float32Array): Asking<Float32Array> {
  return (yield* ask({ kind: 'logits', x })).logits;
}
