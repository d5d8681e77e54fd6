import type { Float32Tensor } from '@floatpath/core';
import {
  clipped,
  combined,
  softmax,
  unary,
  withConstant,
  withNumber,
} from '../channels-last/elementwise.js';
import type { LayerGraph, Value } from '../channels-last/graph.js';
import { fieldsOf, isObject, unsupportedLayer, type Fields } from './fields.js';
import { onlyInput, type Dialect, type Layer, type LayerRule } from './layer.js';

type Activation = (graph: LayerGraph, at: string, x: Value, dialect: Dialect) => Value;

const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

const plain =
  (op: string, attributes: Readonly<Record<string, number>> = {}): Activation =>
  (graph, at, x) =>
    unary(graph, at, op, x, attributes);

const lastSoftmax =
  (op: 'Softmax' | 'LogSoftmax'): Activation =>
  (graph, at, x) =>
    softmax(graph, at, op, x, x.shape.length - 1);

/** x / 6 + 1/2 since the third generation, .2 x + .5 before. */
const hardSigmoid: Activation = (graph, at, x, { generation }) =>
  unary(graph, at, 'HardSigmoid', x, { alpha: generation === 3 ? 1 / 6 : 0.2, beta: 0.5 });

const swish: Activation = (graph, at, x) =>
  combined(graph, at, 'Mul', [x, unary(graph, at, 'Sigmoid', x)]);

/** Activations by the names that files give them, without underscores and capitals. */
const activations: Readonly<Record<string, Activation>> = {
  elu: plain('Elu', { alpha: 1 }),
  exponential: plain('Exp'),
  gelu: (graph, at, x) => unary(graph, at, 'Gelu', x),
  hardsigmoid: hardSigmoid,
  hardswish: plain('HardSwish'),
  hardsilu: plain('HardSwish'),
  leakyrelu: plain('LeakyRelu', { alpha: 0.2 }),
  linear: (_, __, x) => x,
  logsoftmax: lastSoftmax('LogSoftmax'),
  mish: plain('Mish'),
  relu: plain('Relu'),
  relu6: (graph, at, x) => clipped(graph, at, x, 0, 6),
  selu: plain('Selu', SELU),
  sigmoid: plain('Sigmoid'),
  silu: swish,
  softmax: lastSoftmax('Softmax'),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  swish,
  tanh: plain('Tanh'),
};

/** A file says an activation by name, as an object with settings, or as a function that was registered. */
function activationName(fields: Fields): string {
  const value = fields.all['activation'] ?? 'linear';
  if (typeof value === 'string') return value;
  if (!isObject(value)) throw unsupportedLayer(fields.at, `activation ${JSON.stringify(value)}`);
  if (value['class_name'] === 'function' && typeof value['config'] === 'string')
    return value['config'];
  return String(value['class_name']);
}

/** The activation that a layer states beside its own work. */
export function activated(layer: Layer, x: Value): Value {
  const { graph, fields, dialect } = layer;
  const name = activationName(fields);
  const known = name.toLowerCase().replaceAll('_', '');
  const activation = Object.hasOwn(activations, known) ? activations[known] : undefined;
  const stated = fields.all['activation'];
  const settings = isObject(stated) && isObject(stated['config']) ? stated['config'] : {};
  const own = Object.entries(settings).filter(
    ([key, value]) => !['name', 'dtype', 'trainable'].includes(key) && value !== null,
  );
  if (own.length > 0 && Object.hasOwn(activationLayers, name))
    return (activationLayers[name] as LayerRule)(
      { ...layer, fields: fieldsOf(fields.at, settings) },
      [x],
    );
  if (activation === undefined) throw unsupportedLayer(fields.at, `activation "${name}"`);
  if (known.endsWith('softmax') && fields.all['data_format'] === 'channels_first')
    throw unsupportedLayer(fields.at, `activation "${name}" along the width of an image`);
  return activation(graph, fields.at, x, dialect);
}

/** ReLU with a ceiling and a slope below zero. */
const relu: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const x = onlyInput(layer, inputs);
  const slope = fields.number('negative_slope', 0);
  const ceiling = fields.has('max_value') ? fields.number('max_value', 0) : undefined;
  if (fields.number('threshold', 0) !== 0)
    throw unsupportedLayer(fields.at, 'threshold other than 0, where the output jumps,');
  if (slope === 0)
    return ceiling === undefined
      ? unary(graph, fields.at, 'Relu', x)
      : clipped(graph, fields.at, x, 0, ceiling);
  const leaky = unary(graph, fields.at, 'LeakyRelu', x, { alpha: slope });
  return ceiling === undefined ? leaky : withNumber(graph, fields.at, 'Min', leaky, ceiling);
};

/** A slope per element, or shared along axes. */
const prelu: LayerRule = (layer, inputs) => {
  const x = onlyInput(layer, inputs);
  const { alpha }: { alpha: Float32Tensor } = layer.take(['alpha']);
  return withConstant(layer.graph, layer.fields.at, 'PRelu', x, alpha);
};

const softmaxLayer: LayerRule = (layer, inputs) => {
  const x = onlyInput(layer, inputs);
  const { fields, graph } = layer;
  const stated = fields.all['axis'];
  const axis = fields.integer('axis', -1);
  const front = axis < 0 ? axis + x.shape.length : axis;
  if (Array.isArray(stated) || front < 1 || front >= x.shape.length)
    throw unsupportedLayer(fields.at, `axis ${JSON.stringify(stated)} of Softmax`);
  return softmax(graph, fields.at, 'Softmax', x, front);
};

/** Layers that do nothing but activate. */
export const activationLayers: Readonly<Record<string, LayerRule>> = {
  Activation: (layer, inputs) => activated(layer, onlyInput(layer, inputs)),
  ELU: (layer, inputs) =>
    unary(layer.graph, layer.fields.at, 'Elu', onlyInput(layer, inputs), {
      alpha: layer.fields.number('alpha', 1),
    }),
  LeakyReLU: (layer, inputs) =>
    unary(layer.graph, layer.fields.at, 'LeakyRelu', onlyInput(layer, inputs), {
      alpha: layer.fields.number('negative_slope', layer.fields.number('alpha', 0.3)),
    }),
  PReLU: prelu,
  ReLU: relu,
  Softmax: softmaxLayer,
};
