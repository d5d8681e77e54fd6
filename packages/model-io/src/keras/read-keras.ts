import { FloatpathError, type Network } from '@floatpath/core';
import { archiveOf, filesOf } from '../archive.js';
import { asReader, malformedIn } from '../as-reader.js';
import type { FileNetwork } from '../file-network.js';
import { parseJson } from '../json.js';
import { isSafetensors, readSafetensors } from '../safetensors/read-safetensors.js';
import { architectureOf, type Architecture } from './architecture.js';
import { isObject } from './fields.js';
import { h5Weights, numberedWeights, textsOf } from './h5-weights.js';
import { openHdf5, type Group } from './hdf5/open.js';
import type { Dialect } from './layer.js';
import { lowerModel } from './lower.js';
import { inputLayoutOf } from './input-layout.js';
import { namedWeights } from './named-weights.js';
import type { WeightStore } from './weights.js';

const malformed = malformedIn('readKeras');

export interface ReadKerasOptions {
  /** Name of the network. */
  readonly name: string;
}

const firstText = (group: Group, name: string): string | undefined => textsOf(group, name)?.[0];

/** What a file of this version of Keras means by its words. */
export function dialectOf(version: string): Dialect {
  const [major = 2, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const generation = major <= 1 ? 1 : major === 2 ? 2 : 3;
  // Until 2.3 the same word meant one thing under TensorFlow 1 and another under TensorFlow 2.
  const later = generation === 3 || (generation === 2 && minor >= 3);
  return { generation, linearResize: later ? 'half_pixel' : undefined };
}

/** Other programs turn the filters of convolutions around: their files are not what they look like. */
function requireKnownBackend(backend: string | undefined): void {
  if (backend === undefined || !['theano', 'cntk'].includes(backend)) return;
  throw new FloatpathError(
    'unsupported-format',
    `readKeras: expected weights as TensorFlow keeps them, got those of ${backend}; load and save the model with Keras on TensorFlow`,
  );
}

/** The network, and what a person should know of how it was read. */
export function kerasNetwork(
  name: string,
  model: Architecture,
  weights: WeightStore,
  dialect: Dialect,
  reader: string,
): FileNetwork {
  const network: Network = lowerModel(name, model, weights, dialect, reader);
  const layout = inputLayoutOf(model);
  return {
    network,
    ...(layout === undefined ? {} : { inputLayout: layout }),
    notes: [...weights.widened].map(
      (type) =>
        `weights stored as ${type} are widened to float32: path analysis describes the widened network`,
    ),
  };
}

/**
 * Reads a Keras .h5 file of any generation: `model.save('model.h5')`.
 *
 * @throws {FloatpathError} `malformed-file` naming the byte or the layer, `unsupported-op` naming the layer, `unsupported-format`
 * (weights without a model, other ways of keeping filters)
 */
export function readKerasH5(bytes: Uint8Array, { name }: ReadKerasOptions): FileNetwork {
  return asReader('readKeras', () => {
    const root = openHdf5(bytes);
    const config = firstText(root, 'model_config');
    const weights = root.group('model_weights');
    if (config === undefined || weights === undefined) {
      throw new FloatpathError(
        'unsupported-format',
        `readKeras: expected a model with its weights, got a file with ${root.names.slice(0, 5).join(', ') || 'nothing'}; save the whole model, or give the model as JSON and this file as its weights`,
      );
    }
    const inner = firstText(weights, 'keras_version') ?? '1';
    const dialect = dialectOf(firstText(root, 'keras_version') ?? inner);
    requireKnownBackend(firstText(root, 'backend') ?? firstText(weights, 'backend'));
    const model = architectureOf(parseJson('readKeras', config), dialect.generation);
    return kerasNetwork(name, model, h5Weights(weights), dialect, 'readKeras');
  });
}

const utf8 = new TextDecoder();

/**
 * Reads a `.keras` archive.
 *
 * @throws {FloatpathError} `malformed-file` naming the entry or the layer, `unsupported-op` naming the layer, `unsupported-format`
 */
export function readKerasArchive(bytes: Uint8Array, { name }: ReadKerasOptions): FileNetwork {
  return asReader('readKeras', () => {
    const entries = filesOf('readKeras', bytes);
    const entry = (wanted: string): Uint8Array => {
      const found = entries.get(wanted);
      if (found !== undefined) return found;
      const got = [...entries.keys()].slice(0, 5).join(', ');
      throw malformed(`expected an entry "${wanted}" in the archive, got ${got || 'none'}`);
    };
    const metadata = entries.get('metadata.json');
    const said = metadata === undefined ? undefined : parseJson('readKeras', utf8.decode(metadata));
    const version = isObject(said) ? said['keras_version'] : undefined;
    const dialect = dialectOf(typeof version === 'string' ? version : '3');
    const topology = parseJson('readKeras', utf8.decode(entry('config.json')));
    const weights = numberedWeights(openHdf5(entry('model.weights.h5')));
    return kerasNetwork(
      name,
      architectureOf(topology, dialect.generation),
      weights,
      dialect,
      'readKeras',
    );
  });
}

const ARCHITECTURE = 'architecture.json';
const WEIGHTS = 'weights';

/** A model as JSON and its weights as one file. */
export const kerasJsonArchive = (json: Uint8Array, weights: Uint8Array): Uint8Array =>
  archiveOf(
    new Map([
      [ARCHITECTURE, json],
      [WEIGHTS, weights],
    ]),
  );

/** The weights of a file of `save_weights`, of a whole model, or of a safetensors file with names `layer/weight`. */
function weightsIn(bytes: Uint8Array): { store: WeightStore; version: string | undefined } {
  if (isSafetensors(bytes)) {
    const { tensors, widened } = readSafetensors(bytes);
    const named = new Map(
      Array.from(tensors, ([name, { shape, data }]) => [name, { shape, values: data }]),
    );
    return { store: namedWeights(named, widened), version: undefined };
  }
  const root = openHdf5(bytes);
  const group = root.group('model_weights') ?? root;
  requireKnownBackend(firstText(group, 'backend'));
  const numbered = textsOf(group, 'layer_names') === undefined;
  return {
    store: numbered ? numberedWeights(root) : h5Weights(group),
    version: firstText(group, 'keras_version'),
  };
}

/**
 * Reads a model that was written down as JSON (`model.to_json()`) with weights in a file of their own: HDF5 of `save_weights`, or
 * safetensors with names `layer/weight`.
 *
 * @param archive - as `kerasJsonArchive` makes it
 * @throws {FloatpathError} those of {@link readKerasH5}
 */
export function readKerasJson(archive: Uint8Array, { name }: ReadKerasOptions): FileNetwork {
  return asReader('readKeras', () => {
    const files = filesOf('readKeras', archive);
    const [json, weightBytes] = [files.get(ARCHITECTURE), files.get(WEIGHTS)];
    if (json === undefined || weightBytes === undefined)
      throw malformed(`expected ${ARCHITECTURE} and ${WEIGHTS} in the archive, got others`);
    const topology = parseJson('readKeras', utf8.decode(json));
    const { store, version } = weightsIn(weightBytes);
    const said = isObject(topology) ? topology['keras_version'] : undefined;
    const dialect = dialectOf(typeof said === 'string' ? said : (version ?? '3'));
    const model = architectureOf(topology, dialect.generation);
    return kerasNetwork(name, model, store, dialect, 'readKeras');
  });
}
