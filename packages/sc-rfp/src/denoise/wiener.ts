import {
  float32Tensor,
  FloatpathError,
  requireArgument,
  type Float32Tensor,
} from '@floatpath/core';
import { FILTER, type Denoiser, type DenoiserKind } from './denoiser.js';
import { createMoments } from './moments.js';
import { solvePositiveDefinite } from './positive-definite.js';

export interface WienerOptions {
  readonly kind: DenoiserKind;
  /** Of the noise that will be added, in input units. */
  readonly sigma: number;
}

/**
 * The linear denoiser with the least mean squared error on `images` plus Gaussian noise of deviation sigma.
 *
 * full: a(z) = mu + C (C + sigma^2 I)^-1 (z - mu), with mu and C the mean and covariance of the images. conv: the same for the
 * middle of every zero-padded 7x7 patch, one filter for all places: filter = (S + sigma^2 I)^-1 S[:, center] and bias =
 * mu_center - mu_patch filter, with mu and S the mean and covariance of the patches.
 *
 * In float64, rounded to float32 at the end. Time grows with the third power of the number of values per image (full) or per
 * patch (conv).
 *
 * @param images - clean `[rows, ...]`, `[rows, channels, height, width]` for conv; training images
 * @throws {FloatpathError} `invalid-argument` for no image or sigma not above 0, `shape-mismatch` for images that conv cannot
 * take, `not-finite`
 * @see Wiener 1949; Lim 1990, Two-dimensional signal and image processing, section 9.2
 */
export function wienerDenoiser(images: Float32Tensor, { kind, sigma }: WienerOptions): Denoiser {
  const [rows = 0, ...imageShape] = images.shape;
  requireArgument(rows >= 1, 'wienerDenoiser: expected at least one image, got none');
  requireArgument(
    Number.isFinite(sigma) && sigma > 0,
    `wienerDenoiser: expected sigma a finite number above 0, got ${sigma}`,
  );
  const made = kind === 'full' ? full(images, sigma) : conv(images, sigma);
  return { kind, sigma, imageShape, ...made };
}

type Filters = Pick<Denoiser, 'weights' | 'bias'>;

function withRidge(covariance: Float64Array, size: number, sigma: number): Float64Array {
  const ridged = covariance.slice();
  for (let i = 0; i < size; i += 1) {
    ridged[i * size + i] = (ridged[i * size + i] as number) + sigma ** 2;
  }
  return ridged;
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

function full(images: Float32Tensor, sigma: number): Filters {
  const [rows = 0] = images.shape;
  const size = images.data.length / rows;
  const moments = createMoments(size);
  moments.addBlock(
    Array.from({ length: size }, (_, i) =>
      Float64Array.from({ length: rows }, (_unused, row) => images.data[row * size + i] as number),
    ),
  );
  const mean = moments.mean();
  const covariance = moments.covariance();
  // Column i of C (C + sigma^2 I)^-1, which is symmetric: both factors commute.
  const columns = Array.from({ length: size }, (_, i) =>
    covariance.slice(i * size, (i + 1) * size),
  );
  solvePositiveDefinite(withRidge(covariance, size, sigma), size, columns);
  const weights = float32Tensor([size, size]);
  columns.forEach((column, i) => column.forEach((v, j) => (weights.data[j * size + i] = v)));
  const bias = columns.map((column, i) => (mean[i] as number) - dot(mean, column));
  return { weights, bias: float32Tensor([size], bias) };
}

function conv(images: Float32Tensor, sigma: number): Filters {
  const [rows = 0, channels = 0, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 4) {
    throw new FloatpathError(
      'shape-mismatch',
      `wienerDenoiser: expected images [rows, channels, height, width] for conv, got [${images.shape.join(', ')}]; use full`,
    );
  }
  const size = channels * FILTER ** 2;
  const moments = createMoments(size);
  const image = channels * height * width;
  for (let row = 0; row < rows; row += 1) {
    const values = images.data.subarray(row * image, (row + 1) * image);
    moments.addBlock(patchColumns(values, { channels, height, width }));
  }
  const mean = moments.mean();
  const covariance = moments.covariance();
  const middles = Array.from(
    { length: channels },
    (_, c) => c * FILTER ** 2 + (FILTER ** 2 - 1) / 2,
  );
  const filters = middles.map((middle) => covariance.slice(middle * size, (middle + 1) * size));
  solvePositiveDefinite(withRidge(covariance, size, sigma), size, filters);
  const weights = float32Tensor([channels, channels, FILTER, FILTER]);
  filters.forEach((filter, c) => weights.data.set(filter, c * size));
  const bias = filters.map(
    (filter, c) => (mean[middles[c] as number] as number) - dot(mean, filter),
  );
  return { weights, bias: float32Tensor([channels], bias) };
}

/** Per coordinate (channel, dy, dx) of a patch its values at all places of one image, 0 outside. */
function patchColumns(
  values: Float32Array,
  shape: { readonly channels: number; readonly height: number; readonly width: number },
): readonly Float64Array[] {
  const { channels, height, width } = shape;
  const half = (FILTER - 1) / 2;
  return Array.from({ length: channels * FILTER ** 2 }, (_, i) => {
    const plane = Math.floor(i / FILTER ** 2) * height * width;
    const dy = Math.floor((i % FILTER ** 2) / FILTER) - half;
    const dx = (i % FILTER) - half;
    const column = new Float64Array(height * width);
    for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y += 1) {
      for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x += 1) {
        column[y * width + x] = values[plane + (y + dy) * width + x + dx] as number;
      }
    }
    return column;
  });
}
