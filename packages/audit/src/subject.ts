import {
  argmaxRows,
  FloatpathError,
  rowsOf,
  type Classifier,
  type Float32Tensor,
  type Model,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { createFileClassifier, type FileRuntime } from './file-classifier.js';
import { fitImages } from './prepare.js';
import { analyzedNetwork, hashOfModel, preprocessingFor } from './analyzed-network.js';

/** What is attacked or smoothed: a model's graph, a file on its own bytes, an endpoint. */
export interface Subject extends AsyncDisposable {
  readonly name: string;
  /** sha256 of what it is made of, with its preprocessing. */
  readonly hash: string;
  /** The graph with preprocessing inside; null where nobody can read one. */
  readonly network: Network | null;
  readonly classifier: Classifier;
}

/**
 * A model file as a subject: its graph with preprocessing inside, or, where its ops are not read, the file on its own bytes.
 *
 * @param imageShape - one image, channels first, for extents that a file does not say
 * @throws {FloatpathError} `unsupported-op` for a file that its own runtime does not load; as `createClassifier`
 */
export async function modelSubject(
  model: Model,
  imageShape: readonly number[],
  preprocessing: Preprocessing,
  engine: FileRuntime,
): Promise<Subject> {
  const { name } = model;
  const hash = await hashOfModel(model, preprocessing);
  if (model.kind === 'opaque') {
    const file = await createFileClassifier(
      engine,
      model,
      imageShape,
      preprocessingFor(model, preprocessing),
    );
    return {
      name,
      hash,
      network: null,
      classifier: file,
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    };
  }
  const network = analyzedNetwork(model, preprocessing);
  const { bounds } = preprocessing;
  const classifier = await createClassifier(engine, network, { bounds });
  return {
    name,
    hash,
    network,
    classifier,
    [Symbol.asyncDispose]: () => classifier[Symbol.asyncDispose](),
  };
}

/** @throws {FloatpathError} `shape-mismatch` if the images do not fit */
export function imagesFor({ name, classifier }: Subject, images: Float32Tensor): Float32Tensor {
  return fitImages(images, classifier.inputShape, name);
}

const ASKED_TWICE = 8;

/**
 * Asks a file that runs on its own bytes some images twice. Counts of a model that answers at random cannot be drawn
 * again, and nothing says that its randomness is fresh for every draw.
 *
 * @throws {FloatpathError} `artefact-mismatch` if an answer changes
 */
export async function requireOneAnswer(
  { name, network, classifier }: Subject,
  images: Float32Tensor,
): Promise<void> {
  if (network !== null) return;
  const rows = rowsOf(images, 0, Math.min(ASKED_TWICE, images.shape[0] ?? 0));
  const first = await classifier.logits(rows);
  const second = await classifier.logits(rows);
  if (first.data.every((value, i) => Object.is(value, second.data[i]))) return;
  throw new FloatpathError(
    'artefact-mismatch',
    `${name}: expected the same answer to an image each time, got answers that change; export the model without its random ops`,
  );
}

const BATCH = 100;

/** How many images get the label that they have, without noise: wrong preprocessing shows there before hours of work. */
export async function countRight(
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
