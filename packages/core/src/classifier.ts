import { requireArgument } from './errors.js';
import type { Bounds } from './model.js';
import { float32Tensor, type Float32Tensor } from './tensor.js';
import type { NoiseRows } from './noise.js';

/**
 * A base classifier f: rows of inputs to rows of logits. Attacks and smoothing see nothing else.
 * Rows do not influence each other.
 */
export interface Classifier {
  /** One input without the batch axis, e.g. `[1, 28, 28]`. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly bounds: Bounds;
  /** @param x - `[rows, ...inputShape]` @returns `[rows, classes]` */
  logits(x: Float32Tensor): Promise<Float32Tensor>;
  /** Absent where the engine cannot differentiate. */
  readonly gradient?: (x: Float32Tensor, objective: Objective) => Promise<Gradient>;
  /**
   * The kinds of objective that `gradient` takes; without it cross-entropy, margin and cotangent. Nobody asks for another,
   * so a classifier need not know kinds that it does not name.
   */
  readonly objectives?: readonly Objective['kind'][];
  /** Absent where the engine cannot count inside the graph; {@link LabelCounter} of one classifier. */
  readonly countLabels?: (x: Float32Tensor, noise: NoiseRows) => Promise<Uint32Array>;
}

/**
 * The scalar per row whose input gradient is wanted.
 * cross-entropy: log sum exp z - z_y. margin: max_{j != y} z_j - z_y.
 * Both grow as the row moves toward misclassification. cotangent: sum_j c_j z_j.
 *
 * dlr: (max_{j != y} z_j - z_y) / (z_p1 - z_p3), of three classes or more. targeted-dlr: (z_t - z_y) /
 * (z_p1 - (z_p3 + z_p4) / 2), of four or more. p sorts the logits from the largest down, equal ones by index. Where the
 * denominator is 0 neither is defined, and the gradient is 0.
 *
 * @see Croce, Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
 * attacks", equations 6 and 7
 */
export type Objective =
  | { readonly kind: 'cross-entropy'; readonly labels: Int32Array }
  | { readonly kind: 'margin'; readonly labels: Int32Array }
  | { readonly kind: 'cotangent'; readonly cotangent: Float32Tensor }
  | { readonly kind: 'dlr'; readonly labels: Int32Array }
  | { readonly kind: 'targeted-dlr'; readonly labels: Int32Array; readonly targets: Int32Array };

export interface Gradient {
  /** `[rows, classes]` */
  readonly logits: Float32Tensor;
  /** Same shape as the input. */
  readonly gradient: Float32Tensor;
}

/** Several classifiers counted on the same noise, in one pass. */
export interface LabelCounter {
  readonly names: readonly string[];
  readonly classes: number;
  /**
   * @param x - one input `[1, ...inputShape]`
   * @returns per classifier the number of rows of `noise` under which each class wins (lowest index on ties)
   * @throws {FloatpathError} `not-finite` if any logit is NaN; nothing is counted then
   */
  countLabels(x: Float32Tensor, noise: NoiseRows): Promise<readonly Uint32Array[]>;
}

/**
 * Argmax of each row of `logits` `[rows, classes]`, lowest index on ties. NaN never wins against a number;
 * a row of nothing but NaN gives 0.
 *
 * @throws {FloatpathError} `invalid-argument` for another rank or no class
 */
export function argmaxRows(logits: Float32Tensor): Int32Array {
  const [rows = 0, classes = 0] = logits.shape;
  requireArgument(
    logits.shape.length === 2 && classes > 0,
    `argmaxRows: expected logits [rows, classes], got [${logits.shape.join(', ')}]`,
  );
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let best = 0;
    let highest = NaN;
    for (let j = 0; j < classes; j += 1) {
      const logit = logits.data[row * classes + j] as number;
      if (logit > highest || (Number.isNaN(highest) && !Number.isNaN(logit))) {
        best = j;
        highest = logit;
      }
    }
    labels[row] = best;
  }
  return labels;
}

/**
 * The logits of a classifier that says labels alone: 1 for the label, 0 for every other class. What counts labels (smoothing, predictions,
 * attacks that see labels only) needs no more; a loss or margin of such logits says nothing.
 *
 * @param labels - one per row
 * @returns `[rows, classes]`
 * @throws {FloatpathError} `invalid-argument` for a label outside [0, classes)
 */
export function oneHotLogits(labels: ArrayLike<number>, classes: number): Float32Tensor {
  const logits = float32Tensor([labels.length, classes]);
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row] as number;
    requireArgument(
      Number.isInteger(label) && label >= 0 && label < classes,
      `oneHotLogits: expected labels in [0, ${classes}), got ${label} at row ${row}`,
    );
    logits.data[row * classes + label] = 1;
  }
  return logits;
}
