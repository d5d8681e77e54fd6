import { imagesFor, modelSubject, requireOneAnswer, type Subject } from '@floatpath/audit';
import {
  FloatpathError,
  type Float32Tensor,
  type Model,
  type Preprocessing,
} from '@floatpath/core';
import { modelHash } from '@floatpath/model-io';
import { connectHttpClassifier, loadEngine, type LoadedEngine } from '@floatpath/node';
import type { Io } from './io.js';
import { readModelFile } from './load-models.js';
import type { SharedFlags } from './shared-flags.js';

export interface SubjectFlags extends Pick<
  SharedFlags,
  'bounds' | 'mean' | 'std' | 'layout' | 'engine'
> {
  /** Name of a header -> environment variable with its value. */
  readonly secretHeader?: Readonly<Record<string, string>>;
}

/** A model file, or an endpoint, ready to answer. */
export interface OpenSubject extends AsyncDisposable {
  readonly subject: Subject;
  readonly preprocessing: Preprocessing;
  /** The images in its input shape. */
  readonly images: Float32Tensor;
  /** What answers: name and version of the engine, or that it is an endpoint. */
  readonly engine: string;
  /** Both absent for an endpoint. */
  readonly loaded?: LoadedEngine;
  readonly file?: Model;
}

const isAddress = (model: string): boolean => /^https?:\/\//i.test(model);

export function preprocessingOf({ bounds, mean, std, layout }: SubjectFlags): Preprocessing {
  return { bounds, layout, ...(mean && { mean }), ...(std && { std }) };
}

/**
 * Opens what stands for MODEL on a command line: a file, or the address of an endpoint.
 *
 * @throws {FloatpathError} naming the file or address and its fault
 */
export async function openSubject(
  model: string,
  images: Float32Tensor,
  flags: SubjectFlags,
  io: Io,
): Promise<OpenSubject> {
  const preprocessing = preprocessingOf(flags);
  if (isAddress(model)) return openEndpoint(model, images, preprocessing, flags, io);
  if (flags.secretHeader !== undefined) {
    throw new FloatpathError(
      'invalid-argument',
      `--secret-header: expected MODEL to be an http or https address, got ${model}; leave the flag out`,
    );
  }
  const file = await readModelFile(model);
  const loaded = await loadEngine(flags.engine);
  if (loaded.notice !== undefined) io.stderr.write(`floatpath: ${loaded.notice}\n`);
  const subject = await modelSubject(file, images.shape.slice(1), preprocessing, loaded.engine);
  const fitted = imagesFor(subject, images);
  await requireOneAnswer(subject, fitted);
  return {
    subject,
    preprocessing,
    images: fitted,
    engine: loaded.engine.name,
    loaded,
    file,
    [Symbol.asyncDispose]: () => subject[Symbol.asyncDispose](),
  };
}

async function openEndpoint(
  address: string,
  images: Float32Tensor,
  preprocessing: Preprocessing,
  flags: SubjectFlags,
  io: Io,
): Promise<OpenSubject> {
  const { bounds, mean, std, layout } = preprocessing;
  if (mean !== undefined || std !== undefined || layout !== 'nchw') {
    throw new FloatpathError(
      'invalid-argument',
      'endpoint: expected no --mean, --std or --layout with an address, got one; the endpoint is sent inputs as they are, put preprocessing behind it',
    );
  }
  const classifier = await connectHttpClassifier({
    url: address,
    inputShape: images.shape.slice(1),
    bounds,
    environment: io.env,
    signal: io.signal,
    ...(flags.secretHeader && { secretHeaders: flags.secretHeader }),
  });
  const { host, pathname } = new URL(address);
  const subject: Subject = {
    name: `${host}${pathname}`,
    hash: await modelHash(new TextEncoder().encode(address), preprocessing),
    network: null,
    classifier,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    subject,
    preprocessing,
    images,
    engine: 'HTTP endpoint',
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
