import type { Attribute, Tensor } from '@floatpath/core';

/**
 * ONNX tells INT from FLOAT, a JavaScript number does not: these attribute names are FLOAT or FLOATS in opset 18
 * whatever their value, every other whole number is an INT.
 */
const floatAttributes: ReadonlySet<string> = new Set([
  'activation_alpha',
  'activation_beta',
  'alpha',
  'beta',
  'bias',
  'clip',
  'cubic_coeff_a',
  'epsilon',
  'extrapolation_value',
  'gamma',
  'high',
  'lambd',
  'low',
  'mean',
  'momentum',
  'ratio',
  'sample_size_ratio',
  'scale',
  'seed',
  'spatial_scale',
  'threshold',
  'value_float',
  'value_floats',
]);

const stringListAttributes: ReadonlySet<string> = new Set(['activations', 'value_strings']);

export type AttributeKind = 'float' | 'int' | 'string' | 'tensor' | 'floats' | 'ints' | 'strings';

export const isTensor = (value: Attribute): value is Tensor =>
  typeof value === 'object' && 'dtype' in value;

/** The ONNX attribute type that `value` under `name` is written as. */
export function attributeKind(name: string, value: Attribute): AttributeKind {
  if (typeof value === 'string') return 'string';
  const fractional = (number: number): boolean =>
    floatAttributes.has(name) || !Number.isSafeInteger(number);
  if (typeof value === 'number') return fractional(value) ? 'float' : 'int';
  if (isTensor(value)) return 'tensor';
  if (value.some((entry) => typeof entry === 'string') || stringListAttributes.has(name))
    return 'strings';
  return floatAttributes.has(name) || value.some((entry) => fractional(entry as number))
    ? 'floats'
    : 'ints';
}
