import type { Float32Tensor } from '@floatpath/core';
import { clipped, dense, normalized, unary, withConstant } from '../channels-last/elementwise.js';
import { permuted, type Value } from '../channels-last/graph.js';
import {
  convolution,
  depthwiseConvolution,
  pool,
  transposedConvolution,
  type Sliding,
} from '../channels-last/windows.js';
import { resized } from '../channels-last/resize.js';
import {
  invalidTfNode,
  tfFlag,
  tfIntegers,
  tfNumber,
  tfText,
  tfTexts,
  unsupportedTfNode,
  type GraphNode,
} from './node-attributes.js';
import { data, dataAt, numbersAt, weightAt, type NodeRule, type Reading } from './terms.js';

/** The two spatial entries of `[1, height, width, 1]`. */
function spatial(node: GraphNode, name: string): readonly number[] {
  const stated = tfIntegers(node, name);
  const [rows = 1, height = 1, width = 1, channels = 1] =
    stated.length === 0 ? [1, 1, 1, 1] : stated;
  if (rows !== 1 || channels !== 1 || height < 1 || width < 1)
    throw invalidTfNode(node, `${name} along height and width, got [${stated.join(', ')}],`);
  return [height, width];
}

function paddingOf(node: GraphNode): Sliding['padding'] {
  const padding = tfText(node, 'padding', 'VALID');
  if (padding === 'VALID') return 'valid';
  if (padding === 'SAME') return 'same';
  const stated = tfIntegers(node, 'explicit_paddings');
  if (padding !== 'EXPLICIT' || stated.length !== 8 || stated.some((pad) => pad < 0))
    throw unsupportedTfNode(node, `with padding "${padding}"`);
  return [
    [stated[2] ?? 0, stated[3] ?? 0],
    [stated[4] ?? 0, stated[5] ?? 0],
  ];
}

function slidingOf(node: GraphNode): Sliding {
  if (tfText(node, 'data_format', 'NHWC') !== 'NHWC')
    throw unsupportedTfNode(node, 'with its channels first');
  return {
    strides: spatial(node, 'strides'),
    dilations: spatial(node, 'dilations'),
    padding: paddingOf(node),
  };
}

type Fused = (reading: Reading, x: Value, argument: () => Float32Tensor) => Value;

const plain =
  (op: string): Fused =>
  ({ graph, node }, x) =>
    unary(graph, node.name, op, x);

/** What may be done to a product before it leaves a fused node. */
const activations: Readonly<Record<string, Fused>> = {
  Elu: plain('Elu'),
  LeakyRelu: ({ graph, node }, x) =>
    unary(graph, node.name, 'LeakyRelu', x, { alpha: tfNumber(node, 'leakyrelu_alpha', 0.2) }),
  Prelu: ({ graph, node }, x, slope) => withConstant(graph, node.name, 'PRelu', x, slope()),
  Relu: plain('Relu'),
  Relu6: ({ graph, node }, x) => clipped(graph, node.name, x, 0, 6),
  Sigmoid: plain('Sigmoid'),
  Tanh: plain('Tanh'),
};

/** A product, the bias that a fused node adds to it, and its activation. */
function withFused(
  reading: Reading,
  product: (bias: Float32Tensor | undefined) => Value,
): ReturnType<NodeRule> {
  const { node } = reading;
  const [first, ...rest] = tfTexts(node, 'fused_ops');
  if (first === undefined) return data(product(undefined));
  if (first !== 'BiasAdd' || rest.length > 1)
    throw unsupportedTfNode(node, `with ${[first, ...rest].join(', ')}`);
  const biased = product(weightAt(reading, 2));
  const [name] = rest;
  if (name === undefined) return data(biased);
  const activation = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (activation === undefined) throw unsupportedTfNode(node, `with ${name}`);
  return data(activation(reading, biased, () => weightAt(reading, 3)));
}

const matMul: NodeRule = (reading) => {
  const { graph, node } = reading;
  if (tfFlag(node, 'transpose_a') || tfFlag(node, 'adj_x'))
    throw unsupportedTfNode(node, 'with its data transposed');
  const x = dataAt(reading, 0);
  const stated = weightAt(reading, 1);
  const turned = tfFlag(node, 'transpose_b') || tfFlag(node, 'adj_y');
  const kernel = turned && stated.shape.length === 2 ? permuted(stated, [1, 0]) : stated;
  return withFused(reading, (bias) => dense(graph, node.name, x, kernel, bias));
};

const conv2d: NodeRule = (reading) => {
  const { graph, node } = reading;
  const x = dataAt(reading, 0);
  const kernel = weightAt(reading, 1);
  const sliding = slidingOf(node);
  return withFused(reading, (bias) => convolution(graph, node.name, x, kernel, bias, sliding));
};

const depthwise: NodeRule = (reading) => {
  const { graph, node } = reading;
  const x = dataAt(reading, 0);
  const kernel = weightAt(reading, 1);
  const sliding = slidingOf(node);
  return withFused(reading, (bias) =>
    depthwiseConvolution(graph, node.name, x, kernel, bias, sliding),
  );
};

/** The gradient of a convolution: its first input is the shape of what comes out. */
const transposedConv: NodeRule = (reading) => {
  const { graph, node } = reading;
  const [, ...wanted] = reading.terms[0]?.kind === 'integers' ? reading.terms[0].data : [];
  const { strides, dilations, padding } = slidingOf(node);
  if (typeof padding !== 'string' || dilations.some((dilation) => dilation !== 1))
    throw unsupportedTfNode(node, 'with explicit padding or dilations');
  const x = dataAt(reading, 2);
  const made = transposedConvolution(
    graph,
    node.name,
    x,
    weightAt(reading, 1),
    undefined,
    strides,
    padding,
  );
  if (made.shape.slice(1).join() !== wanted.join())
    throw unsupportedTfNode(
      node,
      `to [${wanted.join(', ')}] instead of [${made.shape.slice(1).join(', ')}]`,
    );
  return data(made);
};

const pooling =
  (op: 'MaxPool' | 'AveragePool'): NodeRule =>
  (reading) => {
    const { graph, node } = reading;
    const sliding = { ...slidingOf(node), dilations: [1, 1] };
    return data(pool(graph, node.name, op, dataAt(reading, 0), spatial(node, 'ksize'), sliding));
  };

const batchNormalization: NodeRule = (reading) => {
  const { graph, node } = reading;
  if (node.attributes['is_training'] !== undefined && tfFlag(node, 'is_training'))
    throw unsupportedTfNode(node, 'in training mode');
  if (tfText(node, 'data_format', 'NHWC') !== 'NHWC')
    throw unsupportedTfNode(node, 'with its channels first');
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((at) => weightAt(reading, at));
  const statistics = { scale, shift, mean, variance } as Readonly<
    Record<'scale' | 'shift' | 'mean' | 'variance', Float32Tensor>
  >;
  const epsilon = tfNumber(node, 'epsilon', 1e-4);
  return data(normalized(graph, node.name, dataAt(reading, 0), statistics, epsilon));
};

/** Where TensorFlow looks for a pixel: between corners, between centers, or from the first corner on. */
const resizing =
  (mode: 'nearest' | 'linear'): NodeRule =>
  (reading) => {
    const { graph, node } = reading;
    const x = dataAt(reading, 0);
    const target = numbersAt(reading, 1);
    if (target.length !== 2) throw invalidTfNode(node, `two extents, got [${target.join(', ')}],`);
    const corners = tfFlag(node, 'align_corners');
    const centers = tfFlag(node, 'half_pixel_centers');
    const pixels = corners ? 'align_corners' : centers ? 'half_pixel' : 'asymmetric';
    return data(resized(graph, node.name, x, target, mode, pixels));
  };

/** Products with weights, windows and what works per channel. */
export const windowNodes: Readonly<Record<string, NodeRule>> = {
  AvgPool: pooling('AveragePool'),
  BatchMatMul: matMul,
  BatchMatMulV2: matMul,
  Conv2D: conv2d,
  Conv2DBackpropInput: transposedConv,
  DepthwiseConv2dNative: depthwise,
  FusedBatchNorm: batchNormalization,
  FusedBatchNormV2: batchNormalization,
  FusedBatchNormV3: batchNormalization,
  FusedDepthwiseConv2dNative: depthwise,
  MatMul: matMul,
  MaxPool: pooling('MaxPool'),
  ResizeBilinear: resizing('linear'),
  ResizeNearestNeighbor: resizing('nearest'),
  _FusedConv2D: conv2d,
  _FusedMatMul: matMul,
};
