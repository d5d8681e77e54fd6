import { float32Tensor, FloatpathError, oneHotLogits, type Float32Tensor } from '@floatpath/core';

/** What an endpoint may say: scores, or labels alone with the number of classes beside them. */
interface HttpAnswer {
  readonly logits?: unknown;
  readonly labels?: unknown;
  readonly classes?: unknown;
}

/**
 * The logits of an answer, one-hot where it says labels. Wrong answers are not asked for again: another attempt could only hide them.
 *
 * @throws {FloatpathError} `shape-mismatch`, `not-finite`
 */
export function logitsIn(answer: unknown, rows: number, classes: number): Float32Tensor {
  const { logits, labels } = (answer ?? {}) as HttpAnswer;
  if (logits === undefined && labels !== undefined) return labelsIn(answer, rows, classes);
  const fits =
    Array.isArray(logits) &&
    logits.length === rows &&
    logits.every((row) => Array.isArray(row) && row.length === classes);
  if (!fits) {
    throw new FloatpathError(
      'shape-mismatch',
      `httpClassifier: expected { "logits": [${rows} rows of ${classes} numbers] }, got another shape`,
    );
  }
  const values = (logits as unknown[][]).flat();
  if (!values.every((value) => typeof value === 'number' && Number.isFinite(value))) {
    throw new FloatpathError(
      'not-finite',
      'httpClassifier: expected finite numbers as logits, got others; nothing was counted',
    );
  }
  return float32Tensor([rows, classes], values as number[]);
}

function labelsIn(answer: unknown, rows: number, classes: number): Float32Tensor {
  const { labels, classes: said } = answer as HttpAnswer;
  const fits =
    said === classes &&
    Array.isArray(labels) &&
    labels.length === rows &&
    labels.every((label) => Number.isInteger(label) && label >= 0 && label < classes);
  if (!fits) {
    throw new FloatpathError(
      'shape-mismatch',
      `httpClassifier: expected { "labels": [${rows} integers from 0 to ${classes - 1}], "classes": ${classes} }, got another answer`,
    );
  }
  return oneHotLogits(labels as number[], classes);
}

/** How many classes an answer to one row says there are; undefined where it does not. */
export function classesIn(answer: unknown): number | undefined {
  const { logits, labels, classes } = (answer ?? {}) as HttpAnswer;
  if (Array.isArray(logits)) return Array.isArray(logits[0]) ? logits[0].length : undefined;
  return labels !== undefined && typeof classes === 'number' ? classes : undefined;
}
