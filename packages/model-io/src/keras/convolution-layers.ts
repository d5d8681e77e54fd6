import { dense } from '../channels-last/elementwise.js';
import { padded } from '../channels-last/layout.js';
import {
  asPlane,
  asSteps,
  convolution,
  depthwiseConvolution,
  globalPool,
  pool,
  transposedConvolution,
  type Sliding,
} from '../channels-last/windows.js';
import { float32Tensor, type Float32Tensor } from '@floatpath/core';
import { activated } from './activations.js';
import { invalidLayer, unsupportedLayer } from './fields.js';
import { inFormat, onlyInput, type Layer, type LayerRule } from './layer.js';

function paddingOf({ fields }: Layer): 'valid' | 'same' {
  const padding = fields.text('padding', 'valid');
  if (padding === 'valid' || padding === 'same') return padding;
  throw unsupportedLayer(fields.at, `padding "${padding}"`);
}

function slidingOf(layer: Layer, strides: readonly number[], axes: 1 | 2): Sliding {
  const dilations = layer.fields.integers('dilation_rate', axes, axes === 1 ? [1] : [1, 1]);
  const flat = axes === 1;
  const sliding: Sliding = {
    strides: flat ? [1, ...strides] : strides,
    dilations: flat ? [1, ...dilations] : dilations,
    padding: paddingOf(layer),
  };
  if ([...sliding.strides, ...sliding.dilations].some((entry) => entry < 1))
    throw invalidLayer(layer.fields.at, 'strides and dilations from 1 on');
  return sliding;
}

const biased = <N extends string>(layer: Layer, names: readonly N[]): readonly (N | 'bias')[] =>
  layer.fields.flag('use_bias', true) ? [...names, 'bias' as const] : names;

const weightsOf = <N extends string>(
  layer: Layer,
  names: readonly N[],
): Readonly<Record<N, Float32Tensor>> & { readonly bias?: Float32Tensor } =>
  layer.take(biased(layer, names)) as Readonly<Record<N, Float32Tensor>> & { bias?: Float32Tensor };

const denseLayer: LayerRule = (layer, inputs) => {
  const { kernel, bias } = weightsOf(layer, ['kernel']);
  return activated(
    layer,
    dense(layer.graph, layer.fields.at, onlyInput(layer, inputs), kernel, bias),
  );
};

const conv2d: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const { kernel, bias } = weightsOf(layer, ['kernel']);
  const sliding = slidingOf(layer, fields.integers('strides', 2, [1, 1]), 2);
  return inFormat(layer, onlyInput(layer, inputs), (x) =>
    activated(layer, convolution(graph, fields.at, x, kernel, bias, sliding)),
  );
};

const conv1d: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const { kernel, bias } = weightsOf(layer, ['kernel']);
  const sliding = slidingOf(layer, fields.integers('strides', 1, [1]), 1);
  const flat = float32Tensor([1, ...kernel.shape], kernel.data);
  return inFormat(layer, onlyInput(layer, inputs), (x) => {
    const plane = asPlane(graph, fields.at, x);
    const made = activated(layer, convolution(graph, fields.at, plane, flat, bias, sliding));
    return asSteps(graph, fields.at, made);
  });
};

const depthwise: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const names = biased(layer, ['depthwise_kernel' as const]);
  const weights = layer.take(names) as Readonly<Record<string, Float32Tensor>>;
  const kernel = weights['depthwise_kernel'] as Float32Tensor;
  const sliding = slidingOf(layer, fields.integers('strides', 2, [1, 1]), 2);
  return inFormat(layer, onlyInput(layer, inputs), (x) =>
    activated(layer, depthwiseConvolution(graph, fields.at, x, kernel, weights['bias'], sliding)),
  );
};

const separable: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const weights = weightsOf(layer, ['depthwise_kernel', 'pointwise_kernel']);
  const sliding = slidingOf(layer, fields.integers('strides', 2, [1, 1]), 2);
  const point: Sliding = { strides: [1, 1], dilations: [1, 1], padding: 'valid' };
  return inFormat(layer, onlyInput(layer, inputs), (x) => {
    const { depthwise_kernel, pointwise_kernel, bias } = weights;
    const spread = depthwiseConvolution(graph, fields.at, x, depthwise_kernel, undefined, sliding);
    const mixed = convolution(graph, fields.at, spread, pointwise_kernel, bias, point);
    return activated(layer, mixed);
  });
};

const conv2dTranspose: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const { kernel, bias } = weightsOf(layer, ['kernel']);
  const strides = fields.integers('strides', 2, [1, 1]);
  if (fields.has('output_padding')) throw unsupportedLayer(fields.at, 'output_padding');
  if (fields.integers('dilation_rate', 2, [1, 1]).some((rate) => rate !== 1))
    throw unsupportedLayer(fields.at, 'dilation_rate');
  const padding = paddingOf(layer);
  return inFormat(layer, onlyInput(layer, inputs), (x) =>
    activated(layer, transposedConvolution(graph, fields.at, x, kernel, bias, strides, padding)),
  );
};

function pooling(op: 'MaxPool' | 'AveragePool', axes: 1 | 2): LayerRule {
  return (layer, inputs) => {
    const { graph, fields } = layer;
    // The first generation says pool_length and stride along one axis.
    const size = fields.integers('pool_size', axes, axes === 1 ? [2] : [2, 2]);
    const sliding = slidingOf(layer, fields.integers('strides', axes, size), axes);
    if (size.some((extent) => extent < 1)) throw invalidLayer(fields.at, 'pool_size from 1 on');
    return inFormat(layer, onlyInput(layer, inputs), (x) => {
      if (axes === 2) return pool(graph, fields.at, op, x, size, sliding);
      const plane = asPlane(graph, fields.at, x);
      const made = pool(graph, fields.at, op, plane, [1, ...size], sliding);
      return asSteps(graph, fields.at, made);
    });
  };
}

function globalPooling(op: 'GlobalMaxPool' | 'GlobalAveragePool', axes: 1 | 2): LayerRule {
  return (layer, inputs) => {
    const { graph, fields } = layer;
    const keep = fields.flag('keepdims', false);
    if (keep && axes === 1) throw unsupportedLayer(fields.at, 'keepdims along one axis');
    return inFormat(layer, onlyInput(layer, inputs), (x) =>
      globalPool(graph, fields.at, op, axes === 1 ? asPlane(graph, fields.at, x) : x, keep),
    );
  };
}

/** Zeros around the plane: one number, one per axis, or one per side. */
const zeroPadding: LayerRule = (layer, inputs) => {
  const { graph, fields } = layer;
  const sides = sidesOf(layer, 'padding');
  return inFormat(layer, onlyInput(layer, inputs), (x) =>
    padded(graph, fields.at, x, [[0, 0], ...sides, [0, 0]]),
  );
};

/** Amounts before and after each of the two spatial axes. */
export function sidesOf({ fields }: Layer, name: string): readonly (readonly [number, number])[] {
  const value = fields.all[name] ?? 1;
  const axes: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const sides = axes.map((axis) => (Array.isArray(axis) ? axis : [axis, axis]) as unknown[]);
  const fits = (side: readonly unknown[]): boolean =>
    side.length === 2 && side.every((entry) => Number.isSafeInteger(entry) && Number(entry) >= 0);
  if (axes.length !== 2 || !sides.every(fits))
    throw invalidLayer(fields.at, `setting ${name} to be amounts for two axes`);
  return sides as unknown as readonly (readonly [number, number])[];
}

/** Layers that slide a window, and those that mix all of a row. */
export const windowLayers: Readonly<Record<string, LayerRule>> = {
  AveragePooling1D: pooling('AveragePool', 1),
  AveragePooling2D: pooling('AveragePool', 2),
  Conv1D: conv1d,
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  Dense: denseLayer,
  DepthwiseConv2D: depthwise,
  GlobalAveragePooling1D: globalPooling('GlobalAveragePool', 1),
  GlobalAveragePooling2D: globalPooling('GlobalAveragePool', 2),
  GlobalMaxPooling1D: globalPooling('GlobalMaxPool', 1),
  GlobalMaxPooling2D: globalPooling('GlobalMaxPool', 2),
  MaxPooling1D: pooling('MaxPool', 1),
  MaxPooling2D: pooling('MaxPool', 2),
  SeparableConv2D: separable,
  ZeroPadding2D: zeroPadding,
};
