import {
  float32Tensor,
  FloatpathError,
  type Classifier,
  type Float32Tensor,
  type Objective,
} from '@floatpath/core';
import type { Answer, Query } from './search.js';

/**
 * Asks the classifier one batch of questions of one kind. An answer with NaN or infinity is the error `not-finite` in
 * the place of its row.
 *
 * @param rows - of each query, the row of the call that it belongs to, for messages
 * @throws {FloatpathError} `no-gradient`
 */
export async function answerBatch(
  classifier: Classifier,
  kind: Query['kind'],
  queries: readonly Query[],
  rows: readonly number[],
): Promise<readonly (Answer | FloatpathError)[]> {
  const x = float32Tensor(
    [queries.length, ...classifier.inputShape],
    packed(queries.map((query) => query.x)),
  );
  const checked = (answer: Answer, i: number): Answer | FloatpathError =>
    allFinite(answer.logits)
      ? allFinite(answer.gradient)
        ? answer
        : notFinite('gradients', rows[i])
      : notFinite('logits', rows[i]);
  if (kind === 'logits') {
    const logits = rowViews(await classifier.logits(x), queries.length);
    return logits.map((row, i) => checked({ logits: row, gradient: new Float32Array(0) }, i));
  }
  if (classifier.gradient === undefined) {
    throw new FloatpathError(
      'no-gradient',
      'attack: expected a classifier with a gradient, got one without; use square() or an engine that differentiates',
    );
  }
  const answer = await classifier.gradient(x, objectiveOf(kind, queries, classifier.classes));
  const logits = rowViews(answer.logits, queries.length);
  const gradients = rowViews(answer.gradient, queries.length);
  return logits.map((row, i) =>
    checked({ logits: row, gradient: gradients[i] as Float32Array }, i),
  );
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

function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += Math.abs(values[i] as number);
  return Number.isFinite(sum);
}

function notFinite(what: string, row = 0): FloatpathError {
  return new FloatpathError(
    'not-finite',
    `attack: expected finite ${what}, got NaN or Infinity at row ${row}; check the model's weights`,
  );
}
