import {
  argmaxRows,
  FloatpathError,
  requireArgument,
  rowsOf,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Region,
  type RunOptions,
} from '@floatpath/core';
import { distance } from './distance.js';
import { goalOf, meetsGoal } from './goal.js';
import { roundedToGrid } from './on-grid.js';

/** Somebody's adversarial examples. */
export interface ClaimedAttack {
  /** The inputs that were attacked. */
  readonly x: Float32Tensor;
  readonly adversarial: Float32Tensor;
  readonly criterion: Criterion;
  readonly region: Region;
}

export interface CheckOptions extends RunOptions {
  readonly batchSize: number;
  /** Share of epsilon by which others' rounding may leave the region. Default 1e-6; 0 for our own rows. */
  readonly tolerance?: number;
}

/** What holds of one claimed row, asked anew. */
export interface CheckedRow {
  /** Float64, in the region's norm (linf for a box). */
  readonly distance: number;
  /** Within epsilon, up to the tolerance; within the bounds and the box, exactly up to the tolerance times their width. */
  readonly inside: boolean;
  /** The criterion was met at x already, so that nothing was shown. */
  readonly alreadyMet: boolean;
  readonly predicted: number;
  /** The criterion is met at the row as it is. */
  readonly met: boolean;
  /** The criterion is met after rounding to 8 bits. */
  readonly metAfterRounding: boolean;
  /** Inside, met, and not met before. */
  readonly holds: boolean;
}

/**
 * Checks adversarial examples that someone hands over: the distance in float64, the bounds, and what the classifier says now.
 * The only place that allows a tolerance, because float32 arithmetic elsewhere commonly oversteps by 3e-8.
 *
 * @throws {FloatpathError} `shape-mismatch`, `invalid-argument`; `not-finite` for NaN or infinity among inputs or logits
 */
export async function checkAttack(
  classifier: Classifier,
  { x, adversarial, criterion, region }: ClaimedAttack,
  { batchSize, tolerance = 1e-6, signal, onProgress }: CheckOptions,
): Promise<readonly CheckedRow[]> {
  requireClaim(classifier, { x, adversarial, criterion, region }, tolerance);
  const rows = x.shape[0] ?? 0;
  const checked: CheckedRow[] = [];
  const rounded = {
    ...adversarial,
    data: adversarial.data.map((v) => roundedToGrid(v, classifier.bounds)),
  };
  for (let from = 0; from < rows; from += batchSize) {
    signal?.throwIfAborted();
    const to = Math.min(rows, from + batchSize);
    const logits: Float32Tensor[] = [];
    for (const inputs of [x, adversarial, rounded]) {
      logits.push(await classifier.logits(rowsOf(inputs, from, to)));
    }
    for (let row = from; row < to; row += 1) {
      const [clean, claimed, after] = logits.map((z) => rowsOf(z, row - from, row - from + 1));
      checked.push(
        checkedRow(classifier, { x, adversarial, criterion, region }, row, tolerance, [
          clean as Float32Tensor,
          claimed as Float32Tensor,
          after as Float32Tensor,
        ]),
      );
    }
    onProgress?.({ stage: 'check', done: to, total: rows });
  }
  return checked;
}

function checkedRow(
  { bounds }: Classifier,
  { x, adversarial, criterion, region }: ClaimedAttack,
  row: number,
  tolerance: number,
  [clean, claimed, after]: readonly [Float32Tensor, Float32Tensor, Float32Tensor],
): CheckedRow {
  requireFinite(claimed, row);
  const [from, to] = [x, adversarial].map((tensor) => rowsOf(tensor, row, row + 1).data) as [
    Float32Array,
    Float32Array,
  ];
  const goal = goalOf(criterion, row);
  const slack = tolerance * (bounds[1] - bounds[0]);
  const norm = region.kind === 'ball' ? region.norm : 'linf';
  const length = distance(to, from, norm);
  const within = to.every(
    (v) => v >= Math.fround(bounds[0]) - slack && v <= Math.fround(bounds[1]) + slack,
  );
  const inRegion =
    region.kind === 'ball'
      ? length <= region.epsilon * (1 + tolerance)
      : to.every((v, i) => {
          const at = row * to.length + i;
          return (
            v >= (region.low.data[at] as number) - slack &&
            v <= (region.high.data[at] as number) + slack
          );
        });
  const alreadyMet = meetsGoal(clean.data, goal);
  const met = meetsGoal(claimed.data, goal);
  return {
    distance: length,
    inside: within && inRegion,
    alreadyMet,
    predicted: argmaxRows(claimed)[0] as number,
    met,
    metAfterRounding: meetsGoal(after.data, goal),
    holds: within && inRegion && met && !alreadyMet,
  };
}

function requireClaim(
  { inputShape, classes }: Classifier,
  { x, adversarial, criterion, region }: ClaimedAttack,
  tolerance: number,
): void {
  const rows = x.shape[0] ?? 0;
  const wanted = [rows, ...inputShape].join(', ');
  const tensors =
    region.kind === 'box' ? [x, adversarial, region.low, region.high] : [x, adversarial];
  for (const { shape } of tensors) {
    if (shape.join(', ') === wanted) continue;
    throw new FloatpathError(
      'shape-mismatch',
      `checkAttack: expected inputs, adversarial rows and boxes of shape [${wanted}], got [${shape.join(', ')}]`,
    );
  }
  const labels = criterion.kind === 'linear' ? [] : [criterion.labels];
  if (criterion.kind === 'targeted') labels.push(criterion.targets);
  for (const list of labels) {
    requireArgument(
      list.length === rows && list.every((label) => label >= 0 && label < classes),
      `checkAttack: expected ${rows} labels in [0, ${classes}), got [${list.slice(0, 8).join(', ')}${list.length > 8 ? ', ...' : ''}]`,
    );
  }
  requireArgument(
    tolerance >= 0 && tolerance <= 0.01,
    `checkAttack: expected tolerance in [0, .01], a share of epsilon, got ${tolerance}`,
  );
  requireFinite(adversarial, 0);
  requireFinite(x, 0);
}

function requireFinite({ data }: Float32Tensor, row: number): void {
  if (data.every(Number.isFinite)) return;
  throw new FloatpathError(
    'not-finite',
    `checkAttack: expected finite inputs and logits, got NaN or Infinity at row ${row} or after it`,
  );
}
