import { float32Tensor, type Float32Tensor } from '@floatpath/core';
import { combined, normalized, withConstant, withNumber } from '../channels-last/elementwise.js';
import { asStated } from '../channels-last/graph.js';
import {
  axisOf,
  flattened,
  joined,
  permutedAxes,
  reshaped,
  rowShape,
  sliced,
} from '../channels-last/layout.js';
import { resized } from '../channels-last/resize.js';
import { planeOf } from '../channels-last/windows.js';
import { sidesOf } from './convolution-layers.js';
import { invalidLayer, unsupportedLayer } from './fields.js';
import { inFormat, onlyInput, type Layer, type LayerRule } from './layer.js';

const same: LayerRule = (layer, inputs) => onlyInput(layer, inputs);

const integerList = ({ fields }: Layer, name: string): readonly number[] => {
  const value = fields.all[name];
  if (Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry)))
    return value as readonly number[];
  throw invalidLayer(fields.at, `setting ${name} to be a list of integers`);
};

/** Rows in the order of channels last, also of images that keep theirs first. */
const flatten: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  return inFormat(layer, onlyInput(layer, inputs), (x) =>
    x.shape.length === 2 ? x : flattened(graph, fields.at, x),
  );
};

const reshape: LayerRule = (layer, inputs) =>
  reshaped(
    layer.graph,
    layer.fields.at,
    onlyInput(layer, inputs),
    integerList(layer, 'target_shape'),
  );

const permute: LayerRule = (layer, inputs) => {
  const x = onlyInput(layer, inputs);
  const dims = integerList(layer, 'dims');
  if (
    [...dims].sort((a, b) => a - b).join() !==
    rowShape(x)
      .map((_, i) => i + 1)
      .join()
  )
    throw invalidLayer(layer.fields.at, `dims to be the axes of [${rowShape(x).join(', ')}]`);
  return permutedAxes(layer.graph, layer.fields.at, x, dims);
};

const cropping: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const sides = sidesOf(layer, 'cropping');
  return inFormat(layer, onlyInput(layer, inputs), (x) =>
    sides.reduce((value, [before, after], i) => {
      const extent = Number(value.shape[i + 1]);
      return before + after === 0
        ? value
        : sliced(graph, fields.at, value, i + 1, before, extent - after);
    }, x),
  );
};

const upSampling: LayerRule = (layer, inputs) => {
  const { graph, fields, dialect } = layer;
  const size = fields.integers('size', 2, [2, 2]);
  if (size.some((factor) => factor < 1)) throw invalidLayer(fields.at, 'factors from 1 on');
  const interpolation = fields.text('interpolation', 'nearest');
  const nearest = interpolation === 'nearest';
  if (!nearest && interpolation !== 'bilinear')
    throw unsupportedLayer(fields.at, `interpolation "${interpolation}"`);
  if (!nearest && dialect.linearResize === undefined)
    throw unsupportedLayer(
      fields.at,
      'interpolation "bilinear" of this version of Keras, which meant two things,',
    );
  const mode = nearest ? 'nearest' : 'linear';
  const pixels = (nearest ? undefined : dialect.linearResize) ?? 'asymmetric';
  return inFormat(layer, onlyInput(layer, inputs), (x) => {
    const [height, width] = planeOf(fields.at, x);
    const target = [height * (size[0] ?? 1), width * (size[1] ?? 1)];
    return resized(graph, fields.at, x, target, mode, pixels);
  });
};

function merging(op: string): LayerRule {
  return ({ graph, fields }, inputs) => {
    if (inputs.length < 2)
      throw invalidLayer(fields.at, `at least two inputs, got ${inputs.length},`);
    if (inputs.some(({ shape }) => shape.length !== inputs[0]?.shape.length))
      throw unsupportedLayer(fields.at, 'inputs of different rank');
    return combined(graph, fields.at, op, inputs);
  };
}

const average: LayerRule = (layer, inputs) =>
  withNumber(layer.graph, layer.fields.at, 'Div', merging('Add')(layer, inputs), inputs.length);

const concatenate: LayerRule = ({ graph, fields }, inputs) => {
  const rank = inputs[0]?.shape.length ?? 0;
  const axis = axisOf(fields.at, fields.integer('axis', -1), rank);
  if (axis === 0) throw unsupportedLayer(fields.at, 'axis 0, which joins rows,');
  return joined(graph, fields.at, inputs, axis);
};

const subtract: LayerRule = (layer, inputs) => {
  if (inputs.length !== 2) throw invalidLayer(layer.fields.at, 'two inputs');
  return merging('Sub')(layer, inputs);
};

/** Batch normalization of the last axis, or of the second one where images keep their channels there. */
const batchNormalization: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const x = onlyInput(layer, inputs);
  const scale = fields.flag('scale', true);
  const center = fields.flag('center', true);
  const stated = fields.all['axis'];
  const only: unknown = Array.isArray(stated) && stated.length === 1 ? stated[0] : (stated ?? -1);
  if (!Number.isSafeInteger(only))
    throw unsupportedLayer(fields.at, `axis ${JSON.stringify(stated)}`);
  const axis = axisOf(fields.at, Number(only), x.shape.length);
  const last = axis === x.shape.length - 1;
  if (!last && axis !== 1) throw unsupportedLayer(fields.at, `axis ${axis}`);
  const weights = layer.take([
    ...(scale ? ['gamma'] : []),
    ...(center ? ['beta'] : []),
    'moving_mean',
    'moving_variance',
  ]) as Readonly<Record<string, Float32Tensor>>;
  const mean = weights['moving_mean'] as Float32Tensor;
  const filled = (value: number): Float32Tensor =>
    float32Tensor(mean.shape, new Float32Array(mean.data.length).fill(value));
  const statistics = {
    scale: weights['gamma'] ?? filled(1),
    shift: weights['beta'] ?? filled(0),
    mean,
    variance: weights['moving_variance'] as Float32Tensor,
  };
  const format = { ...fields, text: () => (last ? 'channels_last' : 'channels_first') };
  return inFormat({ ...layer, fields: format }, x, (value) =>
    normalized(graph, fields.at, value, statistics, fields.number('epsilon', 1e-3)),
  );
};

/** Over the last axis, as attention networks have it. */
const layerNormalization: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const x = asStated(graph, onlyInput(layer, inputs));
  const stated = fields.all['axis'] ?? -1;
  const only: unknown = Array.isArray(stated) && stated.length === 1 ? stated[0] : stated;
  const scaled = fields.flag('scale', true) && fields.flag('center', true);
  if (!scaled || (only !== -1 && only !== x.shape.length - 1))
    throw unsupportedLayer(fields.at, 'LayerNormalization other than over the last axis');
  const { gamma, beta } = layer.take(['gamma', 'beta']);
  const named = [
    graph.constant(`${fields.at}/scale`, gamma),
    graph.constant(`${fields.at}/shift`, beta),
  ];
  return graph.emit(
    {
      at: fields.at,
      op: 'LayerNormalization',
      inputs: [x.name, ...named],
      attributes: { axis: x.shape.length - 1, epsilon: fields.number('epsilon', 1e-3) },
    },
    x.shape,
    false,
  );
};

/** x * scale + offset, one number each or one per channel. */
const rescaling: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const vector = (name: string, fallback: number): Float32Tensor => {
    const value = fields.all[name] ?? fallback;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!list.every((entry) => typeof entry === 'number'))
      throw invalidLayer(fields.at, `setting ${name} to be numbers`);
    return float32Tensor(Array.isArray(value) ? [list.length] : [], list as readonly number[]);
  };
  const x = onlyInput(layer, inputs);
  const scaled = withConstant(graph, fields.at, 'Mul', x, vector('scale', 1));
  const offset = vector('offset', 0);
  return offset.data.every((value) => value === 0)
    ? scaled
    : withConstant(graph, fields.at, 'Add', scaled, offset);
};

/** The activity of a layer at inference is that of its input. */
const identities = [
  'ActivityRegularization',
  'AlphaDropout',
  'Dropout',
  'GaussianDropout',
  'GaussianNoise',
  'SpatialDropout1D',
  'SpatialDropout2D',
];

/** Layers that move, join, rescale or keep what they read. */
export const layoutLayers: Readonly<Record<string, LayerRule>> = {
  ...Object.fromEntries(identities.map((name) => [name, same])),
  Add: merging('Add'),
  Average: average,
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Cropping2D: cropping,
  Flatten: flatten,
  LayerNormalization: layerNormalization,
  Maximum: merging('Max'),
  Minimum: merging('Min'),
  Multiply: merging('Mul'),
  Permute: permute,
  Rescaling: rescaling,
  Reshape: reshape,
  Subtract: subtract,
  UpSampling2D: upSampling,
};
