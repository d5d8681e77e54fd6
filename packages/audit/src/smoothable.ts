import {
  FloatpathError,
  type Engine,
  type Float32Tensor,
  type Model,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { fitImages } from './prepare.js';
import { countRight } from './subject.js';
import { analyzedNetwork, hashOfModel } from './analyzed-network.js';

/** A model whose graph is at hand, preprocessing inside. Any op that the engine runs will do. */
export interface SmoothableModel {
  readonly network: Network;
  readonly hash: string;
  readonly classes: number;
  /** The images in the network's input shape. */
  readonly images: Float32Tensor;
  /** Images that it labels as they are labelled, without noise. */
  readonly right: number;
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
      `expected a model whose graph can be read, got ${model.name} as an opaque one; certify, predict and attack --attack square take it as it is`,
    );
  }
  const network = analyzedNetwork(model, preprocessing);
  await using classifier = await createClassifier(engine, network, {
    bounds: preprocessing.bounds,
  });
  const images = fitImages(data.images, classifier.inputShape, model.name);
  return {
    network,
    hash: await hashOfModel(model, preprocessing),
    classes: classifier.classes,
    images,
    right: await countRight(classifier, images, data.labels),
  };
}
