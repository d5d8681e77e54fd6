import { argmaxRows, FloatpathError, rowsOf, type Float32Tensor } from '@floatpath/core';
import type { PreparedModel } from './prepare.js';
import type { ReportArtefact } from './report.js';

/** Our logits as the file gives them: after the Softmax or LogSoftmax that ends it. */
function asFileOutput(
  logits: Float32Tensor,
  row: number,
  finalOp: PreparedModel['finalOp'],
): readonly number[] {
  const [, classes = 0] = logits.shape;
  const own = Array.from(logits.data.subarray(row * classes, (row + 1) * classes));
  if (finalOp === null) return own;
  const largest = Math.max(...own);
  const sum = own.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return own.map((logit) =>
    finalOp === 'Softmax' ? Math.exp(logit - largest) / sum : logit - largest - Math.log(sum),
  );
}

/**
 * Runs the file's own bytes in its own runtime, image by image, and compares with our graph: what is audited is what
 * ships.
 *
 * @param logits - our graph's logits of the images
 * @throws {FloatpathError} `artefact-mismatch` if a label differs
 */
export async function checkArtefact(
  { id, source, network, file, images, finalOp }: PreparedModel,
  logits: Float32Tensor,
  signal: AbortSignal | undefined,
): Promise<ReportArtefact> {
  const [rows = 0, classes = 0] = logits.shape;
  const ours = argmaxRows(logits);
  let labelDisagreements = 0;
  let maxLogitDifference = 0;
  for (let row = 0; row < rows; row += 1) {
    signal?.throwIfAborted();
    const theirs = await file.logits(rowsOf(images, row, row + 1));
    if (theirs.data.length !== classes) {
      throw new FloatpathError(
        'artefact-mismatch',
        `audit: expected ${classes} logits from the file of ${source.label}, got ${theirs.data.length}`,
      );
    }
    if (argmaxRows(theirs)[0] !== ours[row]) labelDisagreements += 1;
    const wanted = asFileOutput(logits, row, finalOp);
    theirs.data.forEach((value, j) => {
      const difference = Math.abs(value - (wanted[j] as number));
      maxLogitDifference = Math.max(maxLogitDifference, difference);
    });
  }
  if (labelDisagreements > 0 && network === null) {
    throw new FloatpathError(
      'artefact-mismatch',
      `audit: expected ${source.label} to answer an image the same way each time, got ${labelDisagreements} of ${rows} labels that change; a randomized model cannot be audited`,
    );
  }
  if (labelDisagreements > 0) {
    throw new FloatpathError(
      'artefact-mismatch',
      `audit: expected our graph of ${source.label} to give the file's labels, got ${labelDisagreements} of ${rows} different (largest logit difference ${maxLogitDifference}); please report this model`,
    );
  }
  const ownBytes = network === null;
  const said = { network: id, images: rows, labelDisagreements, maxLogitDifference, ownBytes };
  return file.unchecked === undefined ? said : { ...said, unchecked: file.unchecked };
}
