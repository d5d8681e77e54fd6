import {
  argmaxRows,
  FloatpathError,
  requireArgument,
  sizeOf,
  type Classifier,
  type Float32Tensor,
  type LabelCounter,
} from '@floatpath/core';
import { gridPoint } from './grid.js';
import { noisyRows } from './noisy-rows.js';

export interface NamedClassifier {
  readonly name: string;
  readonly classifier: Classifier;
}

function commonShape(entries: readonly NamedClassifier[]): Classifier {
  const first = entries[0]?.classifier;
  requireArgument(first !== undefined, 'labelCounter: expected at least one classifier, got none');
  for (const { name, classifier } of entries) {
    const same =
      classifier.classes === first.classes &&
      classifier.inputShape.join() === first.inputShape.join() &&
      classifier.bounds.join() === first.bounds.join();
    if (!same) {
      throw new FloatpathError(
        'shape-mismatch',
        `labelCounter: expected classifiers of one input shape, number of classes and bounds, got "${name}" with [${classifier.inputShape.join(', ')}], ${classifier.classes} and [${classifier.bounds.join(', ')}] beside [${first.inputShape.join(', ')}], ${first.classes} and [${first.bounds.join(', ')}]`,
      );
    }
  }
  return first;
}

function countLogits(
  name: string,
  logits: Float32Tensor,
  rows: number,
  classes: number,
): Uint32Array {
  if (logits.shape.join() !== [rows, classes].join()) {
    throw new FloatpathError(
      'shape-mismatch',
      `countLabels: expected logits [${rows}, ${classes}] from "${name}", got [${logits.shape.join(', ')}]; nothing was counted`,
    );
  }
  if (logits.data.some(Number.isNaN)) {
    throw new FloatpathError(
      'not-finite',
      `countLabels: expected numbers as logits, got NaN from "${name}"; nothing was counted`,
    );
  }
  const counts = new Uint32Array(classes);
  for (const label of argmaxRows(logits)) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

function complete(name: string, counts: Uint32Array, classes: number, rows: number): Uint32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length !== classes || total !== rows) {
    throw new FloatpathError(
      'engine-failed',
      `countLabels: expected "${name}" to count ${rows} rows over ${classes} classes, got ${total} rows over ${counts.length}`,
    );
  }
  return counts;
}

/**
 * Counts labels for any classifiers on the same noise. A classifier that counts inside its engine
 * does so; for the others the noisy rows are built here, bit for bit the same.
 *
 * Grid noise starts from the grid point of the input, whichever way is taken.
 *
 * @throws {FloatpathError} `invalid-argument` for no classifier, `shape-mismatch` where they differ
 * in input shape, classes or bounds, or (from `countLabels`) where x, the noise or the logits do not fit;
 * `not-finite` for NaN inputs or logits; `engine-failed` for an engine that loses rows
 */
export function labelCounter(entries: readonly NamedClassifier[]): LabelCounter {
  const { inputShape, classes, bounds } = commonShape(entries);
  const size = sizeOf(inputShape);
  return {
    names: entries.map(({ name }) => name),
    classes,
    async countLabels(x, noise) {
      if (x.shape.join() !== [1, ...inputShape].join()) {
        throw new FloatpathError(
          'shape-mismatch',
          `countLabels: expected one input [1, ${inputShape.join(', ')}], got [${x.shape.join(', ')}]`,
        );
      }
      if (noise.values.length !== noise.rows * size) {
        throw new FloatpathError(
          'shape-mismatch',
          `countLabels: expected ${noise.rows} rows of ${size} noise values, got ${noise.values.length} values`,
        );
      }
      if (!x.data.every(Number.isFinite)) {
        throw new FloatpathError(
          'not-finite',
          'countLabels: expected finite inputs, got NaN or infinity; nothing was counted',
        );
      }
      const point = noise.arithmetic === 'grid' ? gridPoint(x, bounds) : undefined;
      let rows: Float32Tensor | undefined;
      const counts: Uint32Array[] = [];
      for (const { name, classifier } of entries) {
        if (classifier.countLabels !== undefined) {
          // Snapped, so that no rounding of a half level in the engine can choose another grid
          // point.
          const counted = await classifier.countLabels(point?.snapped ?? x, noise);
          counts.push(complete(name, counted, classes, noise.rows));
        } else {
          rows ??= noisyRows(point?.levels ?? x, noise, bounds);
          const logits = await classifier.logits(rows);
          counts.push(
            complete(name, countLogits(name, logits, noise.rows, classes), classes, noise.rows),
          );
        }
      }
      return counts;
    },
  };
}
