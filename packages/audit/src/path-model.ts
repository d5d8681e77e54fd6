import { analyze, type Analysis } from '@floatpath/activation-patterns';
import {
  FloatpathError,
  type Float32Tensor,
  type Model,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { fitImages } from './prepare.js';
import { analyzedNetwork, hashOfModel, opaqueRefusal } from './analyzed-network.js';

/** A model that path analysis takes, preprocessing inside, and images in its input's shape. */
export interface PathModel {
  readonly network: Network;
  readonly analysis: Analysis;
  readonly hash: string;
  readonly images: Float32Tensor;
}

/**
 * Prepares a model for path analysis. No labels are needed.
 *
 * @throws {FloatpathError} `not-piecewise-linear`, naming the node; `shape-mismatch` if the images do not fit;
 * `unsupported-op` for a model whose graph was not read
 */
export async function pathModel(
  model: Model,
  images: Float32Tensor,
  preprocessing: Preprocessing,
): Promise<PathModel> {
  if (model.kind === 'opaque') {
    throw new FloatpathError(
      'unsupported-op',
      `expected a model whose graph can be read, got ${model.name}: ${opaqueRefusal(model)}`,
    );
  }
  const network = analyzedNetwork(model, preprocessing);
  const analysis = analyze(network);
  return {
    network,
    analysis,
    hash: await hashOfModel(model, preprocessing),
    images: fitImages(images, analysis.inputShape.slice(1), model.name),
  };
}
