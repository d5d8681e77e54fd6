import {
  argmaxRows,
  FloatpathError,
  rowsOf,
  type Classifier,
  type Engine,
  type Float32Tensor,
  type Model,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { createClassifier, foldConstants, prependNormalization } from '@floatpath/engine';
import { modelHash } from '@floatpath/model-io';
import { fitImages } from './prepare.js';

/** A model ready to be smoothed. Any op that the engine runs will do. */
export interface SmoothableModel {
  readonly network: Network;
  readonly hash: string;
  readonly classes: number;
  /** The images in the network's input shape. */
  readonly images: Float32Tensor;
  /** Images that it labels as they are labelled, without noise. */
  readonly right: number;
}

const BATCH = 100;

async function countRight(
  classifier: Classifier,
  images: Float32Tensor,
  labels: Int32Array,
): Promise<number> {
  let right = 0;
  for (let from = 0; from < labels.length; from += BATCH) {
    const to = Math.min(labels.length, from + BATCH);
    const predicted = argmaxRows(await classifier.logits(rowsOf(images, from, to)));
    predicted.forEach((label, row) => (right += Number(label === labels[from + row])));
  }
  return right;
}

/**
 * Puts preprocessing inside the network, fits the images to its input, and looks at its labels without noise: a wrong
 * preprocessing shows there before hours of counting.
 *
 * @throws {FloatpathError} `shape-mismatch` if the images do not fit, `unsupported-op` for a model whose graph was not read
 */
export async function smoothableModel(
  model: Model,
  data: { readonly images: Float32Tensor; readonly labels: Int32Array },
  preprocessing: Preprocessing,
  engine: Engine,
): Promise<SmoothableModel> {
  if (model.kind === 'opaque') {
    throw new FloatpathError(
      'unsupported-op',
      `certify: expected a model whose graph can be read, got ${model.name} as an opaque one; hand its classifier to certify of @floatpath/smoothing`,
    );
  }
  const network = foldConstants(prependNormalization(model.network, preprocessing));
  await using classifier = await createClassifier(engine, network, {
    bounds: preprocessing.bounds,
  });
  const images = fitImages(data.images, classifier.inputShape, model.name);
  return {
    network,
    hash: await modelHash(model.bytes, preprocessing),
    classes: classifier.classes,
    images,
    right: await countRight(classifier, images, data.labels),
  };
}
