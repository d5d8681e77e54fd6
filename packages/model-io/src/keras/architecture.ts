// What the many ways of writing a Keras model down say: layers, and which reads which.
import { FloatpathError } from '@floatpath/core';
import { malformedIn } from '../as-reader.js';
import { isObject, type Json } from './fields.js';
import { laterSettings, laterClass } from './first-generation.js';

const malformed = malformedIn('readKeras');

/** One use of a layer: which output of which use of which layer it reads. */
export interface Call {
  readonly inputs: readonly Reference[];
}

export interface Reference {
  readonly layer: string;
  readonly call: number;
}

export interface LayerSpec {
  readonly name: string;
  /** Class in the words of the later generations, e.g. `Conv2D`. */
  readonly kind: string;
  readonly settings: Json;
  readonly calls: readonly Call[];
  /** A model that is used as a layer. */
  readonly model?: Architecture;
}

export interface Architecture {
  readonly layers: readonly LayerSpec[];
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
}

const MODELS = new Set(['Sequential', 'Functional', 'Model']);
/** Models within models; a file that goes deeper is not one that people made. */
const DEEPEST = 32;

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw malformed(`expected ${what} to be a list, got ${shown(value)}`);
}

function referenceOf(value: unknown, at: string): Reference {
  const [layer, call, tensor] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (typeof layer !== 'string' || !Number.isSafeInteger(call))
    throw malformed(`expected [layer, use, output] at ${at}, got ${shown(value)}`);
  if (tensor !== undefined && tensor !== 0) {
    throw new FloatpathError(
      'unsupported-op',
      `readKeras: unsupported output ${shown(tensor)} of layer "${layer}" read at ${at}; only layers with one output are read`,
    );
  }
  return { layer, call: call as number };
}

/** One reference alone or a list of them; the third generation may also write an object per name. */
function referencesOf(value: unknown, at: string): readonly Reference[] {
  if (isObject(value)) return Object.values(value).flatMap((entry) => referencesOf(entry, at));
  const list = listOf(value, at);
  if (typeof list[0] === 'string') return [referenceOf(list, at)];
  return list.map((entry) => referenceOf(entry, at));
}

/** Tensors among the arguments of a call of the third generation, in order. */
function tensorsIn(value: unknown, at: string, depth = 0): readonly Reference[] {
  if (depth > DEEPEST) throw malformed(`expected plain arguments at ${at}`);
  if (Array.isArray(value)) return value.flatMap((entry) => tensorsIn(entry, at, depth + 1));
  if (!isObject(value)) return [];
  if (value['class_name'] !== '__keras_tensor__' || !isObject(value['config'])) return [];
  return [referenceOf(value['config']['keras_history'], at)];
}

function callOf(value: unknown, at: string): Call {
  if (isObject(value)) return { inputs: tensorsIn(value['args'], `layer "${at}"`) };
  const list = listOf(value, `the inputs of layer "${at}"`);
  const single = typeof list[0] === 'string' ? [list] : list;
  return {
    inputs: single.map((entry) => {
      const [layer, call, tensor, settings] = listOf(entry, `an input of layer "${at}"`);
      if (
        isObject(settings) &&
        Object.values(settings).some((argument) => Array.isArray(argument))
      ) {
        throw new FloatpathError(
          'unsupported-op',
          `readKeras: unsupported inputs by name at layer "${at}"`,
        );
      }
      return referenceOf([layer, call, tensor], `layer "${at}"`);
    }),
  };
}

function layerOf(value: unknown, place: number, generation: 1 | 2 | 3, depth: number): LayerSpec {
  if (!isObject(value) || typeof value['class_name'] !== 'string')
    throw malformed(`expected a layer with its class_name at place ${place}, got ${shown(value)}`);
  const inside = value['config'];
  const raw: Json = isObject(inside) ? inside : {};
  const stated = value['name'] ?? raw['name'];
  const name =
    typeof stated === 'string' ? stated : `${value['class_name'].toLowerCase()}_${place}`;
  const calls = listOf(value['inbound_nodes'] ?? [], `inbound_nodes of layer "${name}"`);
  const kind = generation === 1 ? laterClass(value['class_name']) : value['class_name'];
  return {
    name,
    kind,
    settings: generation === 1 ? laterSettings(value['class_name'], raw, name) : raw,
    calls: calls.map((call) => callOf(call, name)),
    ...(MODELS.has(kind) ? { model: architectureOf(value, generation, depth + 1) } : {}),
  };
}

/** Layers in a chain; one that says the shape of its input begins with an input of its own. */
function sequential(config: unknown, generation: 1 | 2 | 3, depth: number): Architecture {
  const settings: Json = isObject(config) ? config : {};
  const list = listOf(isObject(config) ? config['layers'] : config, 'the layers of the model');
  const stated = list.map((value, place) => layerOf(value, place, generation, depth));
  const [first] = stated;
  if (first === undefined) throw malformed('expected a model with layers, got none');
  const shape = inputShapeOf(first.settings) ?? innerShape(first) ?? settings['build_input_shape'];
  const input: LayerSpec = {
    name: `${first.name}_input`,
    kind: 'InputLayer',
    settings: { batch_shape: shape },
    calls: [{ inputs: [] }],
  };
  const layers = first.kind === 'InputLayer' ? stated : [input, ...stated];
  const chain = layers.map((layer, i) => {
    const before = layers[i - 1];
    const inputs = before === undefined ? [] : [{ layer: before.name, call: 0 }];
    return { ...layer, calls: [{ inputs }] };
  });
  const at = (layer: LayerSpec | undefined): readonly Reference[] =>
    layer === undefined ? [] : [{ layer: layer.name, call: 0 }];
  return { layers: chain, inputs: at(layers[0]), outputs: at(layers.at(-1)) };
}

/** The stated shape of a layer's input, rows in front. */
export const inputShapeOf = (settings: Json): unknown =>
  settings['batch_input_shape'] ?? settings['batch_shape'];

function innerShape({ model }: LayerSpec): unknown {
  const input = model?.layers.find(({ name }) => name === model.inputs[0]?.layer);
  return input === undefined ? undefined : inputShapeOf(input.settings);
}

function functional(config: unknown, generation: 1 | 2 | 3, depth: number): Architecture {
  if (!isObject(config)) throw malformed(`expected "config" of the model, got ${shown(config)}`);
  const layers = listOf(config['layers'], 'the layers of the model').map((value, place) => {
    const layer = layerOf(value, place, generation, depth);
    return layer.kind === 'InputLayer' ? { ...layer, calls: [{ inputs: [] }] } : layer;
  });
  return {
    layers,
    inputs: referencesOf(config['input_layers'], 'input_layers'),
    outputs: referencesOf(config['output_layers'], 'output_layers'),
  };
}

/**
 * The layers of a model as any generation of Keras or TensorFlow.js writes them.
 *
 * @throws {FloatpathError} `malformed-file`; `unsupported-op` for models with code of their own and layers with several outputs
 */
export function architectureOf(topology: unknown, generation: 1 | 2 | 3, depth = 0): Architecture {
  if (depth > DEEPEST)
    throw malformed(`expected at most ${DEEPEST} models within models, got more`);
  const kind = isObject(topology) ? topology['class_name'] : undefined;
  if (!isObject(topology) || typeof kind !== 'string')
    throw malformed(`expected "class_name" of the model, got ${shown(topology)}`);
  if (!MODELS.has(kind)) {
    throw new FloatpathError(
      'unsupported-op',
      `readKeras: unsupported model class "${kind}", which is code of its own; save a Sequential or Functional model`,
    );
  }
  const build = kind === 'Sequential' ? sequential : functional;
  return build(topology['config'], generation, depth);
}
