import {
  argmaxRows,
  FloatpathError,
  rowsOf,
  type AttackWarning,
  type Classifier,
  type Float32Tensor,
  type Region,
  type RunOptions,
} from '@floatpath/core';

/** Differences of logits, relative to their length, from which an answer counts as random. */
const RANDOM = 1e-4;
const SUM_TOLERANCE = 1e-5;

/**
 * What is worth knowing of a classifier before it is attacked: whether two equal questions get different answers (1e-4 of the
 * logits' length), whether its outputs look like probabilities, which weakens attacks on logits, or say labels alone, and whether epsilon may
 * be meant in units of normalized inputs.
 *
 * @param x - `[rows, ...]`; all rows are asked twice
 * @see Croce, Hein 2020, and the flags of the AutoAttack code, whose thresholds these are
 */
export async function checkClassifier(
  classifier: Classifier,
  x: Float32Tensor,
  region: Region,
  { batchSize, signal }: RunOptions & { readonly batchSize: number },
): Promise<readonly AttackWarning[]> {
  const [rows = 0] = x.shape;
  const random: number[] = [];
  let probabilities = rows > 0 && classifier.classes > 1;
  let labelsAlone = probabilities;
  for (let from = 0; from < rows; from += batchSize) {
    signal?.throwIfAborted();
    const batch = rowsOf(x, from, Math.min(rows, from + batchSize));
    const [first, second] = [await classifier.logits(batch), await classifier.logits(batch)];
    requireLogits(first, batch, classifier);
    for (let row = 0; row < (batch.shape[0] ?? 0); row += 1) {
      const [a, b] = [first, second].map((z) => rowsOf(z, row, row + 1)) as [
        Float32Tensor,
        Float32Tensor,
      ];
      if (differ(a, b)) random.push(from + row);
      probabilities &&= looksLikeProbabilities(a.data);
      labelsAlone &&= isOneHot(a.data);
    }
  }
  return [
    ...(random.length > 0 ? [randomWarning(random)] : []),
    ...(labelsAlone ? [labelsWarning] : probabilities ? [softmaxWarning] : []),
    ...unitsWarning(classifier, region),
  ];
}

function requireLogits(logits: Float32Tensor, batch: Float32Tensor, { classes }: Classifier): void {
  if (logits.shape[0] === batch.shape[0] && logits.shape[1] === classes) return;
  throw new FloatpathError(
    'shape-mismatch',
    `checkClassifier: expected logits [${batch.shape[0] ?? 0}, ${classes}], got [${logits.shape.join(', ')}]`,
  );
}

function differ(a: Float32Tensor, b: Float32Tensor): boolean {
  const length = (v: Float32Array): number => Math.sqrt(v.reduce((sum, z) => sum + z * z, 0));
  const gap = length(a.data.map((z, j) => z - (b.data[j] as number)));
  return gap > RANDOM * length(a.data) || argmaxRows(a)[0] !== argmaxRows(b)[0];
}

function looksLikeProbabilities(outputs: Float32Array): boolean {
  const sum = outputs.reduce((total, v) => total + v, 0);
  const within = outputs.every((v) => v >= -SUM_TOLERANCE && v <= 1 + SUM_TOLERANCE);
  return within && Math.abs(sum - 1) <= SUM_TOLERANCE;
}

function isOneHot(outputs: Float32Array): boolean {
  const ones = outputs.filter((v) => v === 1).length;
  return ones === 1 && outputs.every((v) => v === 0 || v === 1);
}

const randomWarning = (rows: readonly number[]): AttackWarning => ({
  code: 'randomized-output',
  message: `checkClassifier: ${rows.length} rows got two different answers; use version 'rand' or EOT iterations, and judge rows over several draws`,
  rows,
});

const softmaxWarning: AttackWarning = {
  code: 'softmax-output',
  message:
    'checkClassifier: the outputs are probabilities; cut the final Softmax off the model, since saturated probabilities hide the gradient',
};

const labelsWarning: AttackWarning = {
  code: 'labels-only',
  message:
    'checkClassifier: every answer is one-hot, a label alone; attacks that see scores or gradients search blindly there, use hopSkipJump() or rays()',
};

function unitsWarning({ bounds }: Classifier, region: Region): readonly AttackWarning[] {
  if (region.kind === 'box' || bounds[0] >= 0) return [];
  const width = bounds[1] - bounds[0];
  return [
    {
      code: 'normalized-epsilon',
      message: `checkClassifier: the bounds [${bounds[0]}, ${bounds[1]}] look like normalized inputs; epsilon ${region.epsilon} is ${Number((region.epsilon / width).toPrecision(3))} of their width. Put mean and std inside the model to give epsilon in pixel units`,
    },
  ];
}
