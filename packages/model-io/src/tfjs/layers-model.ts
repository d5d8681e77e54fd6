import { malformedIn } from '../as-reader.js';
import type { FileNetwork } from '../file-network.js';
import { parseJson } from '../json.js';
import { architectureOf, type Architecture } from '../keras/architecture.js';
import { isObject, type Json } from '../keras/fields.js';
import { inputLayoutOf } from '../keras/input-layout.js';
import type { Dialect } from '../keras/layer.js';
import { lowerModel } from '../keras/lower.js';
import { namedWeights } from '../keras/named-weights.js';
import type { TfjsWeights } from './weights.js';

const malformed = malformedIn('readTfjs');

/** TensorFlow.js resizes linearly from the corners of pixels, whatever the program that saved the model did. */
const dialect: Dialect = { generation: 2, linearResize: 'asymmetric' };

/** The model may be wrapped by the converter from Keras, and be text within the text. */
function innerModel(topology: Json): unknown {
  const config = topology['model_config'] ?? topology;
  return typeof config === 'string' ? parseJson('readTfjs', config) : config;
}

/** @throws {FloatpathError} `malformed-file`, `unsupported-op` */
export function layersArchitecture(topology: Json): {
  readonly model: Architecture;
  readonly generation: 2 | 3;
} {
  const inner = innerModel(topology);
  if (!isObject(inner)) throw malformed('expected the model in modelTopology, got other JSON');
  // Files that came out of the third generation keep its ways of writing calls down.
  const version = topology['keras_version'];
  const generation = typeof version === 'string' && /^3\./.test(version) ? 3 : 2;
  return { model: architectureOf(inner, generation), generation };
}

/** @throws {FloatpathError} `malformed-file`, `unsupported-op`, naming the layer */
export function readLayersModel(
  name: string,
  topology: Json,
  weights: TfjsWeights,
): Omit<FileNetwork, 'notes'> {
  const { model, generation } = layersArchitecture(topology);
  const layout = inputLayoutOf(model);
  return {
    network: lowerModel(
      name,
      model,
      namedWeights(weights.byName),
      { ...dialect, generation },
      'readTfjs',
    ),
    ...(layout === undefined ? {} : { inputLayout: layout }),
  };
}
