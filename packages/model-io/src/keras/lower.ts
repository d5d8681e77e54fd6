import { FloatpathError, type Float32Tensor, type Network } from '@floatpath/core';
import { asReader, malformedIn } from '../as-reader.js';
import { asStated, createLayerGraph, type LayerGraph, type Value } from '../channels-last/graph.js';
import { dependencyOrder } from '../dependency-order.js';
import { networkOfDraft } from '../onnx/network-of-draft.js';
import { activationLayers } from './activations.js';
import { inputShapeOf, type Architecture, type LayerSpec, type Reference } from './architecture.js';
import { windowLayers } from './convolution-layers.js';
import { fieldsOf, unsupportedLayer } from './fields.js';
import type { Dialect, LayerRule } from './layer.js';
import { layoutLayers } from './layout-layers.js';
import type { Place, WeightStore } from './weights.js';

const malformed = malformedIn('readKeras');

/** Every layer that is read. */
const rules: Readonly<Record<string, LayerRule>> = {
  ...activationLayers,
  ...layoutLayers,
  ...windowLayers,
};

/** `MaxPooling2D` as the third generation files it: `max_pooling2d`. */
const snakeCase = (kind: string): string =>
  kind
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

const keyOf = ({ layer, call }: Reference): string => `${call} ${layer}`;

interface Use {
  readonly layer: LayerSpec;
  readonly place: Place;
  readonly reference: Reference;
  readonly inputs: readonly Reference[];
}

/** Every use of a layer after those that it reads. */
function orderedUses(model: Architecture, outer: Place): readonly Use[] {
  const counts = new Map<string, number>();
  const uses = model.layers.flatMap((layer) => {
    const kind = snakeCase(layer.model === undefined ? layer.kind : modelClass(layer));
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const numbered = count === 0 ? kind : `${kind}_${count}`;
    const place: Place = {
      names: [...outer.names, layer.name],
      path: `${outer.path === '' ? '' : `${outer.path}/`}layers/${numbered}`,
    };
    return layer.calls.map(({ inputs }, call): Use => {
      return { layer, place, inputs, reference: { layer: layer.name, call } };
    });
  });
  const keys = new Set<string>();
  for (const use of uses) {
    const key = keyOf(use.reference);
    if (keys.has(key)) throw malformed(`expected one layer named "${use.layer.name}", got several`);
    keys.add(key);
  }
  return dependencyOrder(
    uses,
    ({ reference }) => keyOf(reference),
    ({ inputs }) => inputs.map(keyOf),
    ({ layer }, key) =>
      malformed(`expected the inputs of layer "${layer.name}" in the model, got none for "${key}"`),
    ({ layer }) =>
      malformed(`expected layers without circles, got one through layer "${layer.name}"`),
  );
}

/** The second generation says `Model` for what the third files as `Functional`. */
const modelClass = ({ kind }: LayerSpec): string => (kind === 'Model' ? 'Functional' : kind);

function statedShape({ name, settings }: LayerSpec): readonly (number | undefined)[] {
  const stated = inputShapeOf(settings);
  const fits = (extent: unknown, axis: number): boolean =>
    (extent === null && axis === 0) || (Number.isSafeInteger(extent) && Number(extent) > 0);
  if (!Array.isArray(stated) || stated.length < 2 || !stated.every(fits)) {
    throw new FloatpathError(
      'unsupported-format',
      `readKeras: expected input "${name}" to have fixed extents behind its rows, got ${JSON.stringify(stated) ?? 'none'}; save the model with a fixed input shape`,
    );
  }
  const dtype = settings['dtype'] ?? 'float32';
  if (typeof dtype === 'string' && !/^(mixed_)?(b?float\d+)$/.test(dtype))
    throw unsupportedLayer(name, `input of type ${dtype}`);
  return stated.map((extent: unknown) => (extent === null ? undefined : Number(extent)));
}

/** Puts the layers of a model into the graph; `given` are the values of its inputs where another model uses it. */
function put(
  graph: LayerGraph,
  model: Architecture,
  given: readonly Value[] | undefined,
  outer: Place,
  weights: WeightStore,
  dialect: Dialect,
): readonly Value[] {
  const values = new Map<string, Value>();
  for (const { layer, place, reference, inputs } of orderedUses(model, outer)) {
    const read = inputs.map((input) => values.get(keyOf(input)) as Value);
    const set = (value: Value | undefined): void => {
      if (value === undefined)
        throw malformed(`expected an input for layer "${layer.name}", got none`);
      values.set(keyOf(reference), value);
    };
    if (layer.kind === 'InputLayer') {
      const at = model.inputs.findIndex((input) => input.layer === layer.name);
      set(given === undefined ? graph.input(layer.name, statedShape(layer)) : given[at]);
      continue;
    }
    if (layer.model !== undefined) {
      const made = put(graph, layer.model, read, place, weights, dialect);
      if (made.length !== 1) throw unsupportedLayer(layer.name, 'model with several outputs');
      set(made[0]);
      continue;
    }
    const rule = Object.hasOwn(rules, layer.kind) ? rules[layer.kind] : undefined;
    if (rule === undefined) throw unsupportedLayer(layer.name, `layer class "${layer.kind}"`);
    const take = <N extends string>(names: readonly N[]): Readonly<Record<N, Float32Tensor>> => {
      const taken = weights.take(place, names);
      return Object.fromEntries(names.map((name, i) => [name, taken[i]])) as Record<
        N,
        Float32Tensor
      >;
    };
    set(rule({ graph, fields: fieldsOf(layer.name, layer.settings), dialect, take }, read));
  }
  return model.outputs.map((output) => {
    const value = values.get(keyOf(output));
    if (value === undefined)
      throw malformed(`expected output layer "${output.layer}" in the model, got none`);
    return value;
  });
}

/**
 * The network of a Keras model: what TensorFlow.js' layers files and both kinds of Keras files have in common.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-op`, `unsupported-format`, `invalid-network`, naming the layer
 */
export function lowerModel(
  name: string,
  model: Architecture,
  weights: WeightStore,
  dialect: Dialect,
  reader: string,
): Network {
  return asReader(reader, () => {
    const names = model.outputs.map(({ layer }) => layer);
    const graph = createLayerGraph(names);
    const outputs = put(graph, model, undefined, { names: [], path: '' }, weights, dialect);
    const ends = outputs.map((value, i) => ({
      name: names[i] ?? '',
      value: asStated(graph, value),
    }));
    return networkOfDraft(graph.draft(name, ends), name);
  });
}
