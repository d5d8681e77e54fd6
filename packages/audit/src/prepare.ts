import {
  FloatpathError,
  float32Tensor,
  sizeOf,
  type Classifier,
  type Engine,
  type Float32Tensor,
  type GraphModel,
  type Model,
  type Network,
} from '@floatpath/core';
import {
  createClassifier,
  foldConstants,
  prependNormalization,
  requirePiecewiseLinear,
} from '@floatpath/engine';
import { modelHash } from '@floatpath/model-io';
import type { Calibration } from '@floatpath/sc-rfp';
import type { AuditSettings } from './settings.js';

export interface AuditModel {
  /** Column heading. */
  readonly label: string;
  readonly model: Model;
  /** Deviations of the input anchor, made with `floatpath calibrate` or shipped beside the model. */
  readonly calibration?: Calibration;
}

/** A model ready to be audited: preprocessing inside, images in its input's shape. */
export interface PreparedModel {
  readonly id: string;
  readonly source: AuditModel;
  /** The file that `network` was read from. */
  readonly file: GraphModel;
  readonly hash: string;
  readonly network: Network;
  readonly classifier: Classifier & AsyncDisposable;
  /** The audited images in the network's input shape. */
  readonly images: Float32Tensor;
}

/**
 * Puts preprocessing inside each network and fits the images to its input.
 *
 * @throws {FloatpathError} `shape-mismatch` if the images do not fit, `not-piecewise-linear`, `unsupported-op`
 */
export async function prepareModel(
  source: AuditModel,
  id: string,
  images: Float32Tensor,
  settings: AuditSettings,
  engine: Engine,
): Promise<PreparedModel> {
  const { preprocessing } = settings;
  const { label, model: file } = source;
  if (file.kind === 'opaque') {
    throw new FloatpathError(
      'unsupported-op',
      `audit: expected a model whose graph can be read, got ${label} as an opaque one; export it with ops that path analysis knows`,
    );
  }
  const network = foldConstants(prependNormalization(file.network, preprocessing));
  requirePiecewiseLinear(network);
  const classifier = await createClassifier(engine, network, { bounds: preprocessing.bounds });
  return {
    id,
    source,
    file,
    hash: await modelHash(file.bytes, preprocessing),
    network,
    classifier,
    images: fitImages(images, classifier.inputShape, label),
  };
}

/** The images in the shape of the network's input; dense networks take them flattened. */
export function fitImages(
  images: Float32Tensor,
  inputShape: readonly number[],
  label: string,
): Float32Tensor {
  const [rows = 0, ...shape] = images.shape;
  const same =
    shape.length === inputShape.length &&
    shape.every((extent, axis) => extent === inputShape[axis]);
  const flattened =
    sizeOf(shape) === sizeOf(inputShape) && inputShape.filter((extent) => extent !== 1).length <= 1;
  if (!same && !flattened) {
    throw new FloatpathError(
      'shape-mismatch',
      `audit: expected images of shape [${inputShape.join(', ')}] for ${label}, got [${shape.join(', ')}]; for a network that takes channels last use --layout nhwc`,
    );
  }
  return same ? images : float32Tensor([rows, ...inputShape], images.data);
}

/**
 * Stops an audit of a network that is hardly better than chance, where the reason is nearly always preprocessing.
 *
 * @throws {FloatpathError} `inaccurate-model` below chance + minimumSkill (1 - chance)
 */
export function requireAccurate(
  label: string,
  right: number,
  images: number,
  classes: number,
  minimumSkill: number,
): void {
  const chance = 1 / classes;
  const least = chance + minimumSkill * (1 - chance);
  if (right / images >= least) return;
  throw new FloatpathError(
    'inaccurate-model',
    `audit: expected ${label} to be right on at least ${Math.ceil(least * images)} of ${images} images, got ${right}; give the preprocessing that it was trained with (--mean, --std, --bounds, --layout), or --allow-inaccurate to go on`,
  );
}
