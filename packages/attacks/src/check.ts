import {
  argmaxRows,
  FloatpathError,
  requireArgument,
  rowsOf,
  sizeOf,
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
  /** False if the input, the row or an answer to one of them holds NaN or infinity: nothing holds of such a row. */
  readonly finite: boolean;
  /** Float64, in the region's norm (linf for a box); NaN unless the row is finite. */
  readonly distance: number;
  /** Within epsilon, up to the tolerance; within the bounds and the box, exactly up to the tolerance times their width. */
  readonly inside: boolean;
  /** The criterion was met at x already, so that nothing was shown. */
  readonly alreadyMet: boolean;
  /** -1 unless the row is finite. */
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
 * The only place that allows a tolerance, because float32 arithmetic elsewhere commonly oversteps by 3e-8. A row that is not
 * finite fails by itself; the classifier is never asked about it.
 *
 * @throws {FloatpathError} `shape-mismatch`, `invalid-argument`
 */
export async function checkAttack(
  classifier: Classifier,
  { x, adversarial, criterion, region }: ClaimedAttack,
  { batchSize, tolerance = 1e-6, signal, onProgress }: CheckOptions,
): Promise<readonly CheckedRow[]> {
  requireClaim(classifier, { x, adversarial, criterion, region }, tolerance);
  const rows = x.shape[0] ?? 0;
  const checked: CheckedRow[] = [];
  const size = sizeOf(x.shape.slice(1));
  const whole = Array.from({ length: rows }, (_, row) =>
    [x, adversarial].every(({ data }) =>
      data.subarray(row * size, (row + 1) * size).every(Number.isFinite),
    ),
  );
  const asked = (tensor: Float32Tensor): Float32Tensor => ({
    ...tensor,
    data: tensor.data.map((v, at) =>
      whole[Math.floor(at / size)] === true ? v : classifier.bounds[0],
    ),
  });
  const changed = asked(adversarial);
  const questions = [
    asked(x),
    changed,
    { ...changed, data: changed.data.map((v) => roundedToGrid(v, classifier.bounds)) },
  ];
  for (let from = 0; from < rows; from += batchSize) {
    signal?.throwIfAborted();
    const to = Math.min(rows, from + batchSize);
    const logits: Float32Tensor[] = [];
    for (const inputs of questions) {
      logits.push(await classifier.logits(rowsOf(inputs, from, to)));
    }
    for (let row = from; row < to; row += 1) {
      const answers = logits.map((z) => rowsOf(z, row - from, row - from + 1)) as [
        Float32Tensor,
        Float32Tensor,
        Float32Tensor,
      ];
      const finite =
        whole[row] === true && answers.every(({ data }) => data.every(Number.isFinite));
      checked.push(
        finite
          ? checkedRow(classifier, { x, adversarial, criterion, region }, row, tolerance, answers)
          : notFinite,
      );
    }
    onProgress?.({ stage: 'check', done: to, total: rows });
  }
  return checked;
}

const notFinite: CheckedRow = {
  finite: false,
  distance: NaN,
  inside: false,
  alreadyMet: false,
  predicted: -1,
  met: false,
  metAfterRounding: false,
  holds: false,
};

function checkedRow(
  { bounds }: Classifier,
  { x, adversarial, criterion, region }: ClaimedAttack,
  row: number,
  tolerance: number,
  [clean, claimed, after]: readonly [Float32Tensor, Float32Tensor, Float32Tensor],
): CheckedRow {
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
    finite: true,
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
}
