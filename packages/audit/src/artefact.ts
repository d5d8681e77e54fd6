import {
  argmaxRows,
  FloatpathError,
  float32Tensor,
  rowsOf,
  shapeWithRows,
  type Float32Tensor,
} from '@floatpath/core';
import { applyPreprocessing } from '@floatpath/engine';
import type { OrtEngine } from '@floatpath/engine/ort';
import type { PreparedModel } from './prepare.js';
import type { ReportArtefact } from './report.js';
import type { AuditSettings } from './settings.js';

/**
 * Runs the file's own bytes in its own runtime, image by image, and compares with our graph: what is audited is what
 * ships.
 *
 * @param logits - our graph's logits of the images
 * @throws {FloatpathError} `artefact-mismatch` if a label differs
 */
export async function checkArtefact(
  prepared: PreparedModel,
  logits: Float32Tensor,
  settings: AuditSettings,
  runtime: OrtEngine,
  signal: AbortSignal | undefined,
): Promise<ReportArtefact> {
  const { source, file: read, images } = prepared;
  const input = read.network.inputs[0];
  const [rows = 0, classes = 0] = logits.shape;
  const file = await runtime.loadOnnx(read.bytes);
  try {
    const theirs = float32Tensor([rows, classes]);
    for (let row = 0; row < rows; row += 1) {
      signal?.throwIfAborted();
      const pixels = applyPreprocessing(rowsOf(images, row, row + 1), settings.preprocessing);
      const fetches = await file.run({
        [file.inputNames[0] ?? '']: float32Tensor(
          input ? shapeWithRows(input, 1) : [],
          pixels.data,
        ),
      });
      const output = fetches[file.outputNames[0] ?? ''];
      if (output?.dtype !== 'float32' || output.data.length !== classes) {
        throw new FloatpathError(
          'artefact-mismatch',
          `audit: expected ${classes} float32 logits from the file of ${source.label}, got ${output?.dtype ?? 'nothing'} of shape [${output?.shape.join(', ') ?? ''}]`,
        );
      }
      theirs.data.set(output.data, row * classes);
    }
    const ours = argmaxRows(logits);
    const labels = argmaxRows(theirs);
    const result = {
      network: prepared.id,
      images: rows,
      labelDisagreements: ours.filter((label, row) => label !== labels[row]).length,
      maxLogitDifference: logits.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (theirs.data[i] as number))),
        0,
      ),
    };
    if (result.labelDisagreements > 0) {
      throw new FloatpathError(
        'artefact-mismatch',
        `audit: expected our graph of ${source.label} to give the file's labels, got ${result.labelDisagreements} of ${rows} different (largest logit difference ${result.maxLogitDifference}); please report this model`,
      );
    }
    return result;
  } finally {
    await file[Symbol.asyncDispose]();
  }
}
