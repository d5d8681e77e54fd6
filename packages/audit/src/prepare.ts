import {
  FloatpathError,
  float32Tensor,
  sizeOf,
  type Classifier,
  type ErrorCode,
  type Float32Tensor,
  type Model,
  type Network,
} from '@floatpath/core';
import { createClassifier, differentiate, requirePiecewiseLinear } from '@floatpath/engine';
import type { OrtEngine } from '@floatpath/engine/ort';
import type { Calibration } from '@floatpath/sc-rfp';
import { createFileClassifier, type FileClassifier } from './file-classifier.js';
import type { AuditSettings } from './settings.js';
import {
  analyzedNetwork,
  finalOp,
  hashOfModel,
  opaqueRefusal,
  preprocessingFor,
} from './analyzed-network.js';

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
  readonly hash: string;
  /** The audited graph; null for a model whose ops are not read, which runs on its own bytes. */
  readonly network: Network | null;
  /** Why its failures cannot be told by paths, naming the node; null where they can. */
  readonly refusal: string | null;
  readonly hasGradient: boolean;
  /** The file on its own bytes. */
  readonly file: FileClassifier;
  /** What the file does after its logits, which our graph leaves out. */
  readonly finalOp: 'Softmax' | 'LogSoftmax' | null;
  /** What is attacked and smoothed: the graph on the audit's engine, or the file. */
  readonly classifier: Classifier & AsyncDisposable;
  /** The audited images in the classifier's input shape. */
  readonly images: Float32Tensor;
}

/** A prepared model whose graph path analysis takes. */
export type AnalyzableModel = PreparedModel & { readonly network: Network; readonly refusal: null };

export function isAnalyzable(prepared: PreparedModel): prepared is AnalyzableModel {
  return prepared.network !== null && prepared.refusal === null;
}

/**
 * Puts preprocessing inside each network and fits the images to its input.
 *
 * @throws {FloatpathError} `shape-mismatch` if the images do not fit, `unsupported-op`
 */
export async function prepareModel(
  source: AuditModel,
  id: string,
  images: Float32Tensor,
  settings: AuditSettings,
  engine: OrtEngine,
): Promise<PreparedModel> {
  const { preprocessing } = settings;
  const { model, label } = source;
  const own = preprocessingFor(model, preprocessing);
  const file = await createFileClassifier(engine, model, images.shape.slice(1), own);
  const common = { id, source, file, hash: await hashOfModel(model, preprocessing) };
  if (model.kind === 'opaque') {
    return {
      ...common,
      network: null,
      finalOp: null,
      refusal: opaqueRefusal(model),
      hasGradient: false,
      classifier: file,
      images: fitImages(images, file.inputShape, label),
    };
  }
  const network = analyzedNetwork(model, preprocessing);
  const classifier = await createClassifier(engine, network, { bounds: preprocessing.bounds });
  return {
    ...common,
    network,
    finalOp: finalOp(model) ?? null,
    refusal: reasonOf('not-piecewise-linear', () => requirePiecewiseLinear(network)),
    hasGradient: reasonOf('no-gradient', () => void differentiate(network, 'margin')) === null,
    classifier,
    images: fitImages(images, classifier.inputShape, label),
  };
}

/** The message of the error of this code that `work` throws; null where it throws none. */
function reasonOf(code: ErrorCode, work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof FloatpathError && error.code === code) return error.message;
    throw error;
  }
}

/** The images in the shape of the network's input; extents 1 make no difference, and dense networks take them flattened. */
export function fitImages(
  images: Float32Tensor,
  inputShape: readonly number[],
  label: string,
): Float32Tensor {
  const [rows = 0, ...shape] = images.shape;
  const same =
    shape.length === inputShape.length &&
    shape.every((extent, axis) => extent === inputShape[axis]);
  const long = (extents: readonly number[]): string =>
    extents.filter((extent) => extent !== 1).join();
  const flattened =
    long(shape) === long(inputShape) ||
    (sizeOf(shape) === sizeOf(inputShape) &&
      inputShape.filter((extent) => extent !== 1).length <= 1);
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
  caller = 'audit',
): void {
  const chance = 1 / classes;
  const least = chance + minimumSkill * (1 - chance);
  if (right / images >= least) return;
  throw new FloatpathError(
    'inaccurate-model',
    `${caller}: expected ${label} to be right on at least ${Math.ceil(least * images)} of ${images} images, got ${right}; give the preprocessing that it was trained with (--mean, --std, --bounds, --layout), or --allow-inaccurate to go on`,
  );
}
