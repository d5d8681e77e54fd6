import {
  FloatpathError,
  requireArgument,
  type Bounds,
  type Float32Tensor,
  type Norm,
  type Preprocessing,
} from '@floatpath/core';

export interface AuditSettings {
  readonly seed: number;
  readonly norm: Extract<Norm, 'linf' | 'l2'>;
  /** Attack radius in input units. */
  readonly epsilon: number;
  /** Smoothing noise in input units. */
  readonly sigma: number;
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly preprocessing: Preprocessing;
  /** Go on with a network that is hardly better than chance. */
  readonly allowInaccurate: boolean;
  readonly batchSize: number;
}

export interface AuditData {
  /** As reports print it, e.g. `MNIST test images 0-99`. */
  readonly name: string;
  /** `[m, ...]`, in units of the bounds. */
  readonly images: Float32Tensor;
  readonly labels: Int32Array;
  /** Index of each image in its data set: the identity that keys its noise. */
  readonly ids: Uint32Array;
}

const LABEL_DRAWS = 200;

/** Draws that answer which label the smoothed network gives at an attacked input; more where alpha asks for more. */
export function labelDraws(alpha: number): number {
  return Math.max(LABEL_DRAWS, 1 + Math.ceil(-Math.log2(alpha)));
}

/** @throws {FloatpathError} `invalid-argument`, naming the setting and its range */
export function checkSettings(settings: AuditSettings): void {
  const { epsilon, sigma, n0, n, alpha, batchSize, preprocessing } = settings;
  const [low, high] = preprocessing.bounds;
  requireArgument(
    Number.isFinite(low) && Number.isFinite(high) && low < high,
    `audit: expected bounds LOW,HIGH with LOW < HIGH, got ${low},${high}`,
  );
  requireArgument(
    Number.isFinite(epsilon) && epsilon > 0,
    `audit: expected epsilon a finite number above 0, got ${epsilon}`,
  );
  requireArgument(
    Number.isFinite(sigma) && sigma > 0,
    `audit: expected sigma a finite number above 0, got ${sigma}`,
  );
  requireArgument(alpha > 0 && alpha < 1, `audit: expected alpha in (0, 1), got ${alpha}`);
  requireArgument(
    Number.isInteger(n0) && n0 >= 1,
    `audit: expected n0 a positive integer, got ${n0}`,
  );
  const enough = Math.floor(-Math.log2(alpha)) + 1;
  requireArgument(
    Number.isInteger(n) && n >= enough,
    `audit: expected n an integer of at least ${enough} for alpha ${alpha}, got ${n}; fewer draws can only abstain`,
  );
  requireArgument(
    Number.isInteger(batchSize) && batchSize >= 1,
    `audit: expected batchSize a positive integer, got ${batchSize}`,
  );
}

/** @throws {FloatpathError} `shape-mismatch` or `invalid-data` */
export function checkData(data: AuditData, settings: AuditSettings): void {
  const [rows = 0] = data.images.shape;
  if (rows === 0) {
    throw new FloatpathError(
      'invalid-data',
      `audit: expected at least one image in ${data.name}, got none`,
    );
  }
  if (data.labels.length !== rows || data.ids.length !== rows) {
    throw new FloatpathError(
      'shape-mismatch',
      `audit: expected one label per image, got ${data.labels.length} labels for ${rows} images`,
    );
  }
  requirePixels(data, settings.preprocessing.bounds);
}

/**
 * Refuses images in other units than the bounds: noise and radii in units of [0, 1] say nothing about pixels up to 255.
 *
 * @throws {FloatpathError} `invalid-data` naming the image
 */
export function requirePixels(
  { images, ids }: Pick<AuditData, 'images' | 'ids'>,
  [low, high]: Bounds,
  caller = 'audit',
): void {
  const outside = images.data.findIndex((v) => !(v >= low && v <= high));
  if (outside < 0) return;
  const image = ids[Math.floor(outside / (images.data.length / ids.length))];
  throw new FloatpathError(
    'invalid-data',
    `${caller}: expected pixels in [${low}, ${high}], got ${images.data[outside]} in image ${image}; give the range of your data with --bounds`,
  );
}

/** @throws {FloatpathError} `invalid-data` if a label is not one of the network's classes */
export function requireLabels(data: AuditData, classes: number, caller = 'audit'): void {
  const outside = data.labels.findIndex((label) => !(label >= 0 && label < classes));
  if (outside >= 0) {
    throw new FloatpathError(
      'invalid-data',
      `${caller}: expected labels in [0, ${classes}), got ${data.labels[outside]} for image ${data.ids[outside]}; give labels of the classes that the network has`,
    );
  }
}

/** SHA-256, in hexadecimal, of pixels, labels and indices: what two audits have in common if they saw the same images. */
export async function dataHash({ images, labels, ids }: AuditData): Promise<string> {
  const parts = [images.data, labels, ids].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
