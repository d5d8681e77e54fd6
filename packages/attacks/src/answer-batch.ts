import {
  float32Tensor,
  FloatpathError,
  type Classifier,
  type Float32Tensor,
  type Objective,
} from '@floatpath/core';
import type { Answer, Query } from './search.js';

/**
 * Asks the classifier one batch of questions of one kind.
 *
 * @param rows - of each query, the row of the call that it belongs to, for messages
 * @throws {FloatpathError} `not-finite` on NaN or infinite logits or gradients; `no-gradient`
 */
export async function answerBatch(
  classifier: Classifier,
  kind: Query['kind'],
  queries: readonly Query[],
  rows: readonly number[],
): Promise<readonly Answer[]> {
  const x = float32Tensor(
    [queries.length, ...classifier.inputShape],
    packed(queries.map((query) => query.x)),
  );
  if (kind === 'logits') {
    const logits = rowViews(await classifier.logits(x), queries.length);
    requireFinite(logits, rows, 'logits');
    return logits.map((row) => ({ logits: row, gradient: new Float32Array(0) }));
  }
  if (classifier.gradient === undefined) {
    throw new FloatpathError(
      'no-gradient',
      'attack: expected a classifier with a gradient, got one without; use a score-based attack or an engine that differentiates',
    );
  }
  const answer = await classifier.gradient(x, objectiveOf(kind, queries, classifier.classes));
  const logits = rowViews(answer.logits, queries.length);
  const gradients = rowViews(answer.gradient, queries.length);
  requireFinite(logits, rows, 'logits');
  requireFinite(gradients, rows, 'gradients');
  return logits.map((row, i) => ({ logits: row, gradient: gradients[i] as Float32Array }));
}

function objectiveOf(
  kind: Exclude<Query['kind'], 'logits'>,
  queries: readonly Query[],
  classes: number,
): Objective {
  if (kind === 'cotangent') {
    const rows = queries.map((query) =>
      query.kind === 'cotangent' ? query.cotangent : new Float32Array(classes),
    );
    return { kind, cotangent: float32Tensor([queries.length, classes], packed(rows)) };
  }
  return {
    kind,
    labels: Int32Array.from(queries, (query) => ('label' in query ? query.label : 0)),
  };
}

function packed(rows: readonly Float32Array[]): Float32Array {
  const size = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, i) => data.set(row, i * size));
  return data;
}

function rowViews(tensor: Float32Tensor, rows: number): Float32Array[] {
  const size = tensor.data.length / rows;
  return Array.from({ length: rows }, (_, i) => tensor.data.subarray(i * size, (i + 1) * size));
}

function requireFinite(
  views: readonly Float32Array[],
  rows: readonly number[],
  what: string,
): void {
  views.forEach((view, i) => {
    let sum = 0;
    for (let j = 0; j < view.length; j += 1) sum += Math.abs(view[j] as number);
    if (!Number.isFinite(sum)) {
      throw new FloatpathError(
        'not-finite',
        `attack: expected finite ${what}, got NaN or Infinity at row ${rows[i] ?? 0}; check the model's weights`,
      );
    }
  });
}
