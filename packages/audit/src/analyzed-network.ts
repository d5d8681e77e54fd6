import type { GraphModel, Model, Network, OpaqueModel, Preprocessing } from '@floatpath/core';
import { foldConstants, prependNormalization } from '@floatpath/engine';
import { finalSoftmax, modelHash } from '@floatpath/model-io';

/** A format that says its own order of axes (Keras, TensorFlow.js) is taken at its word; ONNX does not say. */
export function preprocessingFor(model: Model, stated: Preprocessing): Preprocessing {
  const layout = model.facts?.inputLayout;
  return layout === undefined ? stated : { ...stated, layout };
}

/** Why path analysis does not take a model whose graph is not read, naming op and node. */
export const opaqueRefusal = ({ refusal }: OpaqueModel): string =>
  `${refusal?.split(';')[0] ?? 'its ops are not read'}; it runs on its own bytes`;

/** Identity of a model in reports: the file and its preprocessing, with the order of axes that is in force, stated or not. */
export const hashOfModel = (model: Model, stated: Preprocessing): Promise<string> =>
  modelHash(model.bytes, preprocessingFor(model, stated));

/** What a file does after its logits, which losses, margins and paths are about. */
export const finalOp = ({ network }: GraphModel): 'Softmax' | 'LogSoftmax' | undefined =>
  finalSoftmax(network)?.op;

/**
 * The network that is attacked, smoothed and split into paths: the file's up to its logits, preprocessing inside.
 *
 * @throws {FloatpathError} `invalid-argument` if mean or std do not fit, `invalid-network` for several inputs
 */
export function analyzedNetwork(model: GraphModel, stated: Preprocessing): Network {
  const logits = finalSoftmax(model.network)?.network ?? model.network;
  return foldConstants(prependNormalization(logits, preprocessingFor(model, stated)));
}
