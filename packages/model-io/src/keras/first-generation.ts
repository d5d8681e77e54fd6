// The first generation of Keras had other words for the same layers.
import { isObject, unsupportedLayer, type Json } from './fields.js';

const classes: Readonly<Record<string, string>> = {
  AtrousConvolution2D: 'Conv2D',
  Convolution1D: 'Conv1D',
  Convolution2D: 'Conv2D',
  SeparableConvolution2D: 'SeparableConv2D',
};

const settings: Readonly<Record<string, string>> = {
  bias: 'use_bias',
  border_mode: 'padding',
  nb_filter: 'filters',
  output_dim: 'units',
  pool_length: 'pool_size',
  stride: 'strides',
  subsample: 'strides',
  subsample_length: 'strides',
  atrous_rate: 'dilation_rate',
};

const orders: Readonly<Record<string, string>> = { tf: 'channels_last', th: 'channels_first' };

export const laterClass = (kind: string): string => classes[kind] ?? kind;

/**
 * Settings in later words.
 *
 * @throws {FloatpathError} `unsupported-op` for what later generations do not have
 */
export function laterSettings(kind: string, stated: Json, name: string): Json {
  if (kind === 'Merge') throw unsupportedLayer(name, 'layer Merge of the first generation');
  if (kind === 'BatchNormalization' && (stated['mode'] ?? 0) !== 0)
    throw unsupportedLayer(name, `mode ${JSON.stringify(stated['mode'])} of BatchNormalization`);
  const renamed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(stated)) renamed[settings[key] ?? key] = value;
  // Before version 1.2 a layer without a bias did not exist for these; the words W and b were those of regularizers.
  const order = stated['dim_ordering'];
  if (typeof order === 'string') renamed['data_format'] = orders[order];
  if (isObject(renamed['strides'])) delete renamed['strides'];
  return renamed;
}
