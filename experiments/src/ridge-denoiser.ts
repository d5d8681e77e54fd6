import { fillNormal, fillUniform, float32Tensor, type Float32Tensor } from '@floatpath/core';
import type { GraphBuilder } from '@floatpath/engine';
import { solveLinear } from './linear-solve.js';

const SIDE = 7;
const FEATURES = 24;
/** Pixels per image that the ridge regression sees. */
const SAMPLES = 150;
const RIDGE = 1e-3;

/** a(z) = linear conv + V relu(R conv z + r): a convolutional network with one hidden layer. */
export interface RidgeDenoiser {
  readonly channels: number;
  /** R `[features, channels, 7, 7]` and r `[features]`: random, not learned. */
  readonly hidden: { readonly weights: Float32Tensor; readonly bias: Float32Tensor };
  /** `[channels, channels, 7, 7]` and `[channels]`. */
  readonly linear: { readonly weights: Float32Tensor; readonly bias: Float32Tensor };
  /** V `[channels, features, 1, 1]`. */
  readonly mixing: Float32Tensor;
}

/** Output weights by ridge regression from noisy 7x7 patches to the clean pixel in their middle. */
export function learnRidgeDenoiser(
  clean: Float32Tensor,
  noisy: Float32Tensor,
  seed: number,
): RidgeDenoiser {
  const [rows = 0, channels = 0, height = 0, width = 0] = clean.shape;
  const patch = channels * SIDE * SIDE;
  const random = float32Tensor([FEATURES, channels, SIDE, SIDE]);
  const bias = float32Tensor([FEATURES]);
  const stream = { seed, purpose: 'calibration', image: 0, lane: 1 } as const;
  fillNormal(random.data, 0, random.data.length, { ...stream, draw: 0 });
  fillNormal(bias.data, 0, FEATURES, { ...stream, draw: 1 });
  random.data.forEach((v, i) => (random.data[i] = v / Math.sqrt(patch)));

  const size = patch + FEATURES + 1;
  const gram = Array.from({ length: size }, () => new Float64Array(size));
  const targets = Array.from({ length: channels }, () => new Float64Array(size));
  const features = new Float64Array(size);
  const places = new Float64Array(SAMPLES);
  const plane = height * width;
  for (let row = 0; row < rows; row += 1) {
    fillUniform(places, { ...stream, image: row, draw: 2 });
    const values = noisy.data.subarray(row * channels * plane, (row + 1) * channels * plane);
    for (const place of places) {
      const pixel = Math.floor(place * plane);
      fillPatch(features, values, { channels, height, width }, pixel);
      for (let f = 0; f < FEATURES; f += 1) {
        let sum = bias.data[f] as number;
        for (let i = 0; i < patch; i += 1) {
          sum += (random.data[f * patch + i] as number) * (features[i] as number);
        }
        features[patch + f] = Math.max(0, sum);
      }
      features[size - 1] = 1;
      for (let i = 0; i < size; i += 1) {
        const [v, line] = [features[i] as number, gram[i] as Float64Array];
        for (let j = 0; j < size; j += 1)
          line[j] = (line[j] as number) + v * (features[j] as number);
        targets.forEach((target, c) => {
          const wanted = clean.data[(row * channels + c) * plane + pixel] as number;
          target[i] = (target[i] as number) + v * wanted;
        });
      }
    }
  }
  gram.forEach((line, i) => (line[i] = (line[i] as number) + RIDGE * rows * SAMPLES));
  solveLinear(gram, targets);
  const part = (from: number, to: number) => targets.flatMap((t) => [...t.subarray(from, to)]);
  return {
    channels,
    hidden: { weights: random, bias },
    linear: {
      weights: float32Tensor([channels, channels, SIDE, SIDE], part(0, patch)),
      bias: float32Tensor([channels], part(size - 1, size)),
    },
    mixing: float32Tensor([channels, FEATURES, 1, 1], part(patch, size - 1)),
  };
}

/** The zero-padded patch around `pixel`, channel by channel. */
function fillPatch(
  out: Float64Array,
  values: Float32Array,
  shape: { readonly channels: number; readonly height: number; readonly width: number },
  pixel: number,
): void {
  const { channels, height, width } = shape;
  const half = (SIDE - 1) / 2;
  const [y0, x0] = [Math.floor(pixel / width) - half, (pixel % width) - half];
  let at = 0;
  for (let c = 0; c < channels; c += 1) {
    for (let dy = 0; dy < SIDE; dy += 1) {
      for (let dx = 0; dx < SIDE; dx += 1) {
        const [y, x] = [y0 + dy, x0 + dx];
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        out[at] = inside ? (values[(c * height + y) * width + x] as number) : 0;
        at += 1;
      }
    }
  }
}

/** Emits a(z) of images `[rows, channels, height, width]`. */
export function emitRidgeDenoised(graph: GraphBuilder, denoiser: RidgeDenoiser, z: string): string {
  const half = (SIDE - 1) / 2;
  const pads = { pads: [half, half, half, half] };
  const { hidden, linear, mixing } = denoiser;
  const conv = (x: string, w: Float32Tensor, b: Float32Tensor) =>
    graph.add('Conv', [x, graph.constant(w), graph.constant(b)], pads);
  const features = graph.add('Relu', [conv(z, hidden.weights, hidden.bias)]);
  const mixed = graph.add('Conv', [features, graph.constant(mixing)]);
  return graph.add('Add', [conv(z, linear.weights, linear.bias), mixed]);
}
