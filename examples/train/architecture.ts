// conv 1-16 4x4 stride 2 padding 1, conv 16-32 the same, fc 1568-100-10, ReLU after all but the last.
import { fillNormal, float32Tensor, type StreamKey } from '@floatpath/core';
import type { Network } from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';
import type * as tfjs from '@tensorflow/tfjs-core';

type Tensor = tfjs.Tensor;
type Variable = tfjs.Variable;

export const SIZE = 28;
export const CLASSES = 10;
const KERNEL = 4;

/** Inputs and outputs of the four affine layers; of convolutions in channels. */
const layers = [
  { kind: 'conv', from: 1, to: 16 },
  { kind: 'conv', from: 16, to: 32 },
  { kind: 'dense', from: 7 * 7 * 32, to: 100 },
  { kind: 'dense', from: 100, to: CLASSES },
] as const;

export interface Layer {
  /** `[inputs of one output, outputs]`: of a convolution in the order (dy, dx, sy, sx, channel). */
  readonly weights: Variable;
  readonly bias: Variable;
}

/** He's initialization: normal weights of variance 2 / inputs, drawn from `stream`, and zero biases. */
export function createLayers(tf: typeof tfjs, stream: StreamKey): readonly Layer[] {
  return layers.map(({ kind, from, to }, index) => {
    const inputs = kind === 'conv' ? KERNEL * KERNEL * from : from;
    const values = new Float32Array(inputs * to);
    fillNormal(values, 0, values.length, { ...stream, image: index });
    const scale = Math.fround(Math.sqrt(2 / inputs));
    const start = tf.tensor(
      values.map((value) => value * scale),
      [inputs, to],
    );
    return { weights: tf.variable(start), bias: tf.variable(tf.zeros([to])) };
  });
}

/**
 * A 4x4 convolution of stride 2 and padding 1 as one matrix product: blocks of 2x2 pixels become channels, and every
 * output sees 2x2 blocks. Matrix products have gradients on every backend; convolutions have not.
 */
function convolve(tf: typeof tfjs, x: Tensor, { weights, bias }: Layer): Tensor {
  const [rows = 0, size = 0, , channels = 0] = x.shape;
  const blocks = (size + 2) / 2;
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const lines = tf.reshape(padded, [rows * blocks, 2, blocks, 2 * channels]);
  const gathered = tf.reshape(tf.transpose(lines, [0, 2, 1, 3]), [
    rows,
    blocks,
    blocks,
    4 * channels,
  ]);
  const out = blocks - 1;
  const corners = [0, 1].flatMap((dy) =>
    [0, 1].map((dx) => tf.slice(gathered, [0, dy, dx, 0], [rows, out, out, 4 * channels])),
  );
  const windows = tf.reshape(tf.concat(corners, 3), [rows * out * out, 16 * channels]);
  const product = tf.add(tf.matMul(windows as never, weights as never), bias);
  return tf.reshape(product, [rows, out, out, weights.shape[1] as number]);
}

/** Logits `[rows, 10]` of images `[rows, 28, 28, 1]`. */
export function logitsOf(tf: typeof tfjs, net: readonly Layer[], images: Tensor): Tensor {
  const [first, second, third, fourth] = net as readonly [Layer, Layer, Layer, Layer];
  const deep = tf.relu(convolve(tf, tf.relu(convolve(tf, images, first)), second));
  const flat = tf.reshape(deep, [images.shape[0] as number, third.weights.shape[0] as number]);
  const dense = (x: Tensor, { weights, bias }: Layer): Tensor =>
    tf.add(tf.matMul(x as never, weights as never), bias);
  return dense(tf.relu(dense(flat, third)), fourth);
}

/** Position in (dy, dx, sy, sx, channel) of kernel element (channel, ky, kx): ky = 2 dy + sy. */
function windowIndex(channels: number, channel: number, ky: number, kx: number): number {
  const block = 2 * Math.floor(ky / 2) + Math.floor(kx / 2);
  const within = 2 * (ky % 2) + (kx % 2);
  return (4 * block + within) * channels + channel;
}

/** A convolution's weights as ONNX has them: `[out, in, ky, kx]`. */
function kernelsOf(values: Float32Array, from: number, to: number): Float32Array {
  const out = new Float32Array(values.length);
  let at = 0;
  for (let o = 0; o < to; o += 1)
    for (let i = 0; i < from; i += 1)
      for (let ky = 0; ky < KERNEL; ky += 1)
        for (let kx = 0; kx < KERNEL; kx += 1)
          out[at++] = values[windowIndex(from, i, ky, kx) * to + o] as number;
  return out;
}

/** A dense layer's weights as `[out, in]`, its inputs in the order that `position` gives. */
function rowsOf(
  values: Float32Array,
  from: number,
  to: number,
  position: (input: number) => number = (input) => input,
): Float32Array {
  const out = new Float32Array(values.length);
  for (let o = 0; o < to; o += 1)
    for (let i = 0; i < from; i += 1) out[o * from + i] = values[position(i) * to + o] as number;
  return out;
}

/** Where input (channel, y, x) of the first dense layer lies in training, where channels come last. */
const channelsLast = (input: number): number => (input % 49) * 32 + Math.floor(input / 49);

/** The network with inputs in [0, 1] `[batch, 1, 28, 28]` and output `logits`. */
export function toNetwork(net: readonly Layer[], name: string): Network {
  const graph = createGraphBuilder();
  const numbers = (variable: Variable): Float32Array => variable.dataSync() as Float32Array;
  const biasOf = (index: number): string => {
    const bias = numbers((net[index] as Layer).bias);
    return graph.constant(float32Tensor([bias.length], bias));
  };
  const window = { kernel_shape: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1] };
  const outputs = ['z1', 'z2', 'z3', 'logits'];
  let value = graph.input({ name: 'input', dtype: 'float32', shape: ['batch', 1, SIZE, SIZE] });
  layers.forEach(({ kind, from, to }, index) => {
    const values = numbers((net[index] as Layer).weights);
    const output = outputs[index] as string;
    if (kind === 'conv') {
      const weights = graph.constant(
        float32Tensor([to, from, KERNEL, KERNEL], kernelsOf(values, from, to)),
      );
      const inputs = [value, weights, biasOf(index)];
      const node = { name: `conv_${index + 1}`, op: 'Conv', inputs, outputs: [output] };
      graph.addNode({ ...node, attributes: window });
    } else {
      const order = index === 2 ? channelsLast : undefined;
      const weights = graph.constant(float32Tensor([to, from], rowsOf(values, from, to, order)));
      const inputs = [value, weights, biasOf(index)];
      const node = { name: `gemm_${index - 1}`, op: 'Gemm', inputs, outputs: [output] };
      graph.addNode({ ...node, attributes: { transB: 1 } });
    }
    if (index === 3) return;
    const relu = { name: `relu_${index + 1}`, op: 'Relu', inputs: [output], attributes: {} };
    value = `h${index + 1}`;
    graph.addNode({ ...relu, outputs: [value] });
    if (index !== 1) return;
    const flatten = { name: 'flatten_1', op: 'Flatten', inputs: [value], attributes: { axis: 1 } };
    value = 'flat';
    graph.addNode({ ...flatten, outputs: [value] });
  });
  return graph.build(name, [{ name: 'logits', dtype: 'float32', shape: ['batch', CLASSES] }]);
}
