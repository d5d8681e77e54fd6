import { FloatpathError, type Float32Tensor } from '@floatpath/core';

/** Labelled inputs in memory. */
export interface Dataset {
  /** `[m, channels, height, width]`, or `[m, ...]` as the file has it; in [0, 1] where the file held 8-bit values. */
  readonly images: Float32Tensor;
  /** One class per image. */
  readonly labels: Int32Array;
  /** Number of classes, where the format fixes it. */
  readonly classes?: number;
  /** Names of the classes, where the format fixes them. */
  readonly names?: readonly string[];
}

/** Value k of an 8-bit image as float32(k / 255): rounded once, the grid that integer noise is exact on. */
const unitValues = Float32Array.from({ length: 256 }, (_, k) => k / 255);

/** 8-bit values in [0, 1]. */
export const scaledBytes = (bytes: Uint8Array): Float32Array =>
  Float32Array.from(bytes, (value) => unitValues[value] as number);

/**
 * Checks that images and labels belong together and hold usable numbers.
 *
 * @throws {FloatpathError} `invalid-data`
 */
export function checkedDataset(reader: string, dataset: Dataset): Dataset {
  const { images, labels, classes } = dataset;
  const fail = (message: string): never => {
    throw new FloatpathError('invalid-data', `${reader}: ${message}`);
  };
  const [count = 0] = images.shape;
  if (count === 0) fail('expected at least one image, got none');
  if (count !== labels.length) {
    fail(`expected as many labels as images, got ${labels.length} labels and ${count} images`);
  }
  const bad = images.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const image = Math.floor(bad / (images.data.length / count));
    fail(`expected finite values, got ${images.data[bad]} in image ${image}`);
  }
  const outside = labels.findIndex((label) => label < 0 || label >= (classes ?? Infinity));
  if (outside >= 0) {
    fail(
      `expected labels from 0 to ${classes === undefined ? 'the last class' : classes - 1}, got ${labels[outside]} for image ${outside}`,
    );
  }
  return dataset;
}
