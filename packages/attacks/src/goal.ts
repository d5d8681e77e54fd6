import { requireArgument, type Criterion } from '@floatpath/core';

/** The criterion of one row. */
export type Goal = LabelGoal | LinearGoal;

export interface LabelGoal {
  readonly kind: 'label';
  readonly label: number;
  /** Present for targeted criteria. */
  readonly target?: number;
}

/** @throws {FloatpathError} `invalid-argument` for a linear criterion, which `attack` cannot serve */
export function labelGoal(goal: Goal, attack: string): LabelGoal {
  requireArgument(
    goal.kind === 'label',
    `${attack}: expected a criterion of labels, got a linear one; use pgd, apgd or square`,
  );
  return goal;
}

export type LinearGoal = Extract<Criterion, { kind: 'linear' }>;

type LinearConstraint = LinearGoal['anyOf'][number][number];

export function goalOf(criterion: Criterion, row: number): Goal {
  if (criterion.kind === 'linear') return criterion;
  const label = criterion.labels[row] as number;
  if (criterion.kind === 'untargeted') return { kind: 'label', label };
  return { kind: 'label', label, target: criterion.targets[row] as number };
}

/** Index of the largest score, lowest index on ties. */
export function predictedLabel(scores: Float32Array): number {
  let best = 0;
  for (let j = 1; j < scores.length; j += 1) {
    if ((scores[j] as number) > (scores[best] as number)) best = j;
  }
  return best;
}

/** Untargeted: any label but the row's own. Targeted: the target. Linear: all constraints of a conjunction. */
export function meetsGoal(scores: Float32Array, goal: Goal): boolean {
  if (goal.kind === 'linear') return goalScore(scores, goal) >= 0;
  const predicted = predictedLabel(scores);
  return goal.target === undefined ? predicted !== goal.label : predicted === goal.target;
}

/**
 * How near scores are to the goal; positive where it is met. Untargeted: max_{j != y} z_j - z_y. Targeted:
 * z_t - max_{j != t} z_j. Both are shift invariant, and defined for two or more classes. Linear: the least slack of the
 * constraints, of the conjunction where it is largest.
 */
export function goalScore(scores: Float32Array, goal: Goal): number {
  if (goal.kind === 'linear') return slackOf(worstConstraint(scores, goal), scores);
  const { label, target } = goal;
  const wanted = target ?? label;
  let other = -Infinity;
  for (let j = 0; j < scores.length; j += 1) {
    if (j !== wanted) other = Math.max(other, scores[j] as number);
  }
  const margin = other - (scores[wanted] as number);
  return target === undefined ? margin : -margin;
}

/** The constraint that decides {@link goalScore}: minus its weights is the score's gradient in the logits. */
export function worstConstraint(scores: Float32Array, { anyOf }: LinearGoal): LinearConstraint {
  const least = (constraints: readonly LinearConstraint[]): LinearConstraint =>
    constraints.reduce((worst, next) =>
      slackOf(next, scores) < slackOf(worst, scores) ? next : worst,
    );
  return anyOf
    .map(least)
    .reduce((best, next) => (slackOf(next, scores) > slackOf(best, scores) ? next : best));
}

function slackOf({ weights, bound }: LinearConstraint, scores: Float32Array): number {
  return bound - weights.reduce((sum, weight, j) => sum + weight * (scores[j] as number), 0);
}
