import {
  float32Tensor,
  FloatpathError,
  sizeOf,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import type { GraphBuilder } from '@floatpath/engine';

/** How a linear denoiser is laid out. full: one matrix over all values. conv: one 7x7 convolution with zero padding. */
export type DenoiserKind = 'full' | 'conv';

/** A fixed linear estimate a(z) of the image under a noisy input z. */
export interface Denoiser {
  readonly kind: DenoiserKind;
  /** Standard deviation of the noise that it was made for, in input units. */
  readonly sigma: number;
  /** Shape of one image; `[channels, height, width]` for conv. */
  readonly imageShape: readonly number[];
  /** full: `[size, size]`, a(z) = z weights + bias. conv: `[channels, channels, 7, 7]`, as in ONNX Conv. */
  readonly weights: Float32Tensor;
  /** full: `[size]`. conv: `[channels]`. */
  readonly bias: Float32Tensor;
}

/** Side of the convolutional filter. */
export const FILTER = 7;

/** Height of images above which a convolution from every row to every row costs more than it saves. */
const MOST_ROWS = 64;

/**
 * Emits a(z) in the shape of `z`.
 *
 * @param shape - of one row of `z`
 */
export function emitDenoised(
  graph: GraphBuilder,
  { kind, imageShape, weights, bias }: Denoiser,
  z: string,
  shape: readonly number[],
): string {
  const reshaped = (value: string, from: readonly number[], to: readonly number[]): string =>
    from.join() === to.join() ? value : graph.add('Reshape', [value, graph.integers([-1, ...to])]);
  const own = kind === 'full' ? [sizeOf(imageShape)] : imageShape;
  const value = reshaped(z, shape, own);
  const denoised =
    kind === 'full'
      ? graph.add('Gemm', [value, graph.constant(weights), graph.constant(bias)])
      : emitFiltered(graph, { imageShape, weights, bias }, value);
  return reshaped(denoised, own, shape);
}

/**
 * The filter at every place. A convolution with one or three channels is slow in every runtime, so where images are not tall
 * their rows are taken for channels: one convolution along the rows, from every row to every row, whose weights are the filter's
 * within its reach and 0 beyond. The same products and further zeros, on the values where they lie.
 */
function emitFiltered(
  graph: GraphBuilder,
  { imageShape, weights, bias }: Pick<Denoiser, 'imageShape' | 'weights' | 'bias'>,
  value: string,
): string {
  const half = (FILTER - 1) / 2;
  const [channels = 0, height = 0, width = 0] = imageShape;
  if (height > MOST_ROWS) {
    const pads = [half, half, half, half];
    return graph.add('Conv', [value, graph.constant(weights), graph.constant(bias)], { pads });
  }
  const lines = channels * height;
  const ofLines = new Float32Array(lines * lines * FILTER);
  weights.data.forEach((weight, i) => {
    const [filter, dy, dx] = [
      Math.floor(i / FILTER ** 2),
      (Math.floor(i / FILTER) % FILTER) - half,
      i % FILTER,
    ];
    const [to, from] = [Math.floor(filter / channels), filter % channels];
    for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y += 1) {
      const pair = (to * height + y) * lines + from * height + y + dy;
      ofLines[pair * FILTER + dx] = weight;
    }
  });
  const biases = Float32Array.from(
    { length: lines },
    (_, line) => bias.data[Math.floor(line / height)] as number,
  );
  const asLines = graph.add('Reshape', [value, graph.integers([-1, lines, 1, width])]);
  const filtered = graph.add(
    'Conv',
    [
      asLines,
      graph.constant(float32Tensor([lines, lines, 1, FILTER], ofLines)),
      graph.constant(float32Tensor([lines], biases)),
    ],
    { pads: [0, half, 0, half] },
  );
  return graph.add('Reshape', [filtered, graph.integers([-1, channels, height, width])]);
}

/**
 * Checks that a denoiser was made for inputs of this network under noise of this sigma.
 *
 * @throws {FloatpathError} `not-calibrated` for another sigma, `shape-mismatch` for another input
 */
export function requireDenoiser(
  denoiser: Denoiser,
  use: { readonly network: Network; readonly sigma: number },
): void {
  if (denoiser.sigma !== use.sigma) {
    throw new FloatpathError(
      'not-calibrated',
      `requireDenoiser: expected a denoiser for sigma ${use.sigma}, got one for sigma ${denoiser.sigma}; calibrate at this sigma`,
    );
  }
  requireShape(denoiser, use.network);
}

/** @throws {FloatpathError} `shape-mismatch` unless the network takes images of the denoiser's size */
export function requireShape({ imageShape }: Denoiser, network: Network): void {
  const shape = network.inputs[0]?.shape.slice(1).map(Number) ?? [];
  const same = shape.join() === imageShape.join();
  const flat = sizeOf(shape) === sizeOf(imageShape) && shape.length === 1;
  if (!same && !flat) {
    throw new FloatpathError(
      'shape-mismatch',
      `denoiser: expected one for inputs of shape [${shape.join(', ')}], got one for [${imageShape.join(', ')}]; calibrate this model`,
    );
  }
}

/** A denoiser of given filters. @throws {FloatpathError} `shape-mismatch` if they do not fit the images */
export function denoiserOf(denoiser: Denoiser): Denoiser {
  const { kind, imageShape, weights, bias } = denoiser;
  const [channels = 0] = imageShape;
  const size = kind === 'full' ? sizeOf(imageShape) : channels;
  const expected = kind === 'full' ? [size, size] : [channels, channels, FILTER, FILTER];
  const fits =
    (kind === 'full' || imageShape.length === 3) &&
    weights.shape.join() === expected.join() &&
    bias.shape.join() === String(size);
  if (!fits) {
    throw new FloatpathError(
      'shape-mismatch',
      `denoiserOf: expected weights [${expected.join(', ')}] and bias [${size}] for ${kind} on [${imageShape.join(', ')}], got [${weights.shape.join(', ')}] and [${bias.shape.join(', ')}]`,
    );
  }
  return {
    ...denoiser,
    weights: float32Tensor(expected, weights.data),
    bias: float32Tensor([size], bias.data),
  };
}
