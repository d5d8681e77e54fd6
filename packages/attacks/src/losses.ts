import { dlrValue } from './dlr.js';
import { goalScore, worstConstraint, type Goal } from './goal.js';
import { logProbability } from './mean-softmax.js';
import { ask, type Answer, type Asking } from './search.js';

/** What a gradient attack climbs; see {@link lossGradient}. */
export type Loss = 'cross-entropy' | 'margin' | 'dlr';

/**
 * Logits and the input gradient of a loss that grows toward success: the loss of the label for untargeted rows, minus
 * the loss of the target for targeted ones.
 *
 * `cross-entropy`: log sum exp z - z_y. `margin`: max_{j != y} z_j - z_y. `dlr`: see {@link dlrValue}; it costs a
 * second forward row where the classifier does not name it among its objectives, and is the margin where it is undefined (fewer than three
 * classes, or four for a target). Under a linear criterion every loss is the criterion's own score, at a second forward row.
 */
export function* lossGradient(goal: Goal, point: Float32Array, loss: Loss): Asking<Answer> {
  if (goal.kind === 'linear') {
    const { logits } = yield* ask({ kind: 'logits', x: point });
    const cotangent = Float32Array.from(worstConstraint(logits, goal).weights, (w) => -w);
    return yield* ask({ kind: 'cotangent', x: point, cotangent });
  }
  const { label, target } = goal;
  if (loss === 'dlr') {
    const answer = yield* ask(
      target === undefined
        ? { kind: 'dlr', x: point, label }
        : { kind: 'targeted-dlr', x: point, label, target },
    );
    if (dlrValue(answer.logits, label, target) !== undefined) return answer;
  }
  const kind = loss === 'dlr' ? 'margin' : loss;
  const answer = yield* ask({ kind, x: point, label: target ?? label });
  if (target === undefined) return answer;
  return { logits: answer.logits, gradient: answer.gradient.map((slope) => -slope) };
}

/** The value whose gradient {@link lossGradient} gives, in float64. */
export function lossValue(goal: Goal, logits: Float32Array, loss: Loss): number {
  if (goal.kind === 'label') {
    const { label, target } = goal;
    if (loss === 'cross-entropy') {
      return target === undefined ? -logProbability(logits, label) : logProbability(logits, target);
    }
    if (loss === 'dlr') return dlrValue(logits, label, target) ?? goalScore(logits, goal);
  }
  return goalScore(logits, goal);
}

/** The mean of {@link lossGradient} and of the logits over `copies` looks at the same point, for random classifiers. */
export function* meanLossGradient(
  goal: Goal,
  point: Float32Array,
  loss: Loss,
  copies: number,
): Asking<Answer> {
  const first = yield* lossGradient(goal, point, loss);
  if (copies === 1) return first;
  const logits = Float64Array.from(first.logits);
  const gradient = Float64Array.from(first.gradient);
  for (let copy = 1; copy < copies; copy += 1) {
    const next = yield* lossGradient(goal, point, loss);
    next.logits.forEach((value, j) => (logits[j] = (logits[j] as number) + value));
    next.gradient.forEach((value, i) => (gradient[i] = (gradient[i] as number) + value));
  }
  const mean = (sum: Float64Array): Float32Array => Float32Array.from(sum, (v) => v / copies);
  return { logits: mean(logits), gradient: mean(gradient) };
}
