import {
  float32Tensor,
  FloatpathError,
  type Classifier,
  type Float32Tensor,
  type Objective,
} from '@floatpath/core';
import { dlrCotangent } from './dlr.js';
import type { Answer, Query } from './search.js';

/** Rows sent through the network: a gradient is one forward and one backward row. */
export interface Queries {
  readonly forward: number;
  readonly backward: number;
}

/** Answers in the order of the questions, and the rows that went through the network for them. */
export interface AnsweredBatch {
  readonly answers: readonly (Answer | FloatpathError)[];
  readonly queries: Queries;
}

/**
 * Asks the classifier one batch of questions of one kind. An answer with NaN or infinity is the error `not-finite` in
 * the place of its row. DLR is asked of classifiers that name it among their objectives in one pass, of others with the
 * cotangents that their logits give.
 *
 * @param rows - of each query, the row of the call that it belongs to, for messages
 * @throws {FloatpathError} `no-gradient`
 */
export async function answerBatch(
  classifier: Classifier,
  kind: Query['kind'],
  queries: readonly Query[],
  rows: readonly number[],
): Promise<AnsweredBatch> {
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
    const none = new Float32Array(0);
    return {
      answers: logits.map((row, i) => checked({ logits: row, gradient: none }, i)),
      queries: { forward: queries.length, backward: 0 },
    };
  }
  if (classifier.gradient === undefined) {
    throw new FloatpathError(
      'no-gradient',
      'attack: expected a classifier with a gradient, got one without; use square() or an engine that differentiates',
    );
  }
  const isRatio = kind === 'dlr' || kind === 'targeted-dlr';
  const twice = isRatio && classifier.objectives?.includes(kind) !== true;
  let objective: Objective;
  if (twice) {
    const logits = rowViews(await classifier.logits(x), queries.length);
    const weights = queries.map((query, i) => ratioCotangent(query, logits[i] as Float32Array));
    if (weights.every((row) => row === undefined)) {
      const size = x.data.length / queries.length;
      return {
        answers: logits.map((row, i) =>
          checked({ logits: row, gradient: new Float32Array(size) }, i),
        ),
        queries: { forward: queries.length, backward: 0 },
      };
    }
    objective = cotangents(weights.map((row) => row ?? new Float32Array(classifier.classes)));
  } else {
    objective = objectiveOf(kind, queries, classifier.classes);
  }
  const answer = await classifier.gradient(x, objective);
  const logits = rowViews(answer.logits, queries.length);
  const gradients = rowViews(answer.gradient, queries.length);
  return {
    answers: logits.map((row, i) =>
      checked({ logits: row, gradient: gradients[i] as Float32Array }, i),
    ),
    queries: { forward: (twice ? 2 : 1) * queries.length, backward: queries.length },
  };
}

function objectiveOf(
  kind: Exclude<Query['kind'], 'logits'>,
  queries: readonly Query[],
  classes: number,
): Objective {
  if (kind === 'cotangent') {
    return cotangents(
      queries.map((query) =>
        query.kind === 'cotangent' ? query.cotangent : new Float32Array(classes),
      ),
    );
  }
  const labels = Int32Array.from(queries, (query) => ('label' in query ? query.label : 0));
  if (kind !== 'targeted-dlr') return { kind, labels };
  const targets = Int32Array.from(queries, (query) => ('target' in query ? query.target : 0));
  return { kind, labels, targets };
}

/** Undefined where DLR is. */
function ratioCotangent(query: Query, logits: Float32Array): Float32Array | undefined {
  if (query.kind === 'dlr') return dlrCotangent(logits, query.label);
  if (query.kind === 'targeted-dlr') return dlrCotangent(logits, query.label, query.target);
  return undefined;
}

function cotangents(rows: readonly Float32Array[]): Objective {
  const classes = rows[0]?.length ?? 0;
  return {
    kind: 'cotangent',
    cotangent: float32Tensor([rows.length, classes], packed(rows)),
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
