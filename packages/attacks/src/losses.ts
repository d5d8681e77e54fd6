import { dlrCotangent } from './dlr.js';
import { worstConstraint } from './goal.js';
import { ask, type Answer, type Asking, type Problem } from './search.js';

/** What a gradient attack climbs; see {@link lossGradient}. */
export type Loss = 'cross-entropy' | 'margin' | 'dlr';

/**
 * Logits and the input gradient of a loss that grows toward success: the loss of the label for untargeted rows, minus
 * the loss of the target for targeted ones.
 *
 * `cross-entropy`: log sum exp z - z_y. `margin`: max_{j != y} z_j - z_y. `dlr`: see {@link dlrCotangent}; it costs a
 * second forward row, and is the margin where it is undefined (fewer than three classes, or four for a target). Under a linear criterion
 * every loss is the criterion's own score, at a second forward row.
 */
export function* lossGradient(problem: Problem, point: Float32Array, loss: Loss): Asking<Answer> {
  const { goal } = problem;
  if (goal.kind === 'linear') {
    const { logits } = yield* ask({ kind: 'logits', x: point });
    const cotangent = Float32Array.from(worstConstraint(logits, goal).weights, (w) => -w);
    return yield* ask({ kind: 'cotangent', x: point, cotangent });
  }
  const { label, target } = goal;
  if (loss === 'dlr') {
    const { logits } = yield* ask({ kind: 'logits', x: point });
    const cotangent = dlrCotangent(logits, label, target);
    if (cotangent !== undefined) return yield* ask({ kind: 'cotangent', x: point, cotangent });
  }
  const kind = loss === 'dlr' ? 'margin' : loss;
  const answer = yield* ask({ kind, x: point, label: target ?? label });
  if (target === undefined) return answer;
  return { logits: answer.logits, gradient: answer.gradient.map((slope) => -slope) };
}
