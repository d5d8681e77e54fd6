import { float32Tensor, FloatpathError, sizeOf, type Float32Tensor } from '@floatpath/core';
import { plainBytes } from '../../plain-bytes.js';
import { checkedDataset, scaledBytes, type Dataset } from '../dataset.js';
import { imageError, type ImageFile, type OpenImage, type Samples } from './image-file.js';
import { openJpeg } from './jpeg.js';
import { labelsByFolder, labelsByTable } from './labels.js';
import { openPng } from './png.js';

export interface ImageFolderOptions {
  /** Text of a table `file,label`, with or without a header; paths as in `files`. Folder names are the labels without one. */
  readonly csv?: string;
}

/** Endings of the files that `readImageFolder` reads, for whoever lists a folder. */
export const imageExtensions: readonly string[] = ['.png', '.jpg', '.jpeg'];

/** Values of a data set in memory: 2^30 float32 are 4 GB. */
const MOST_VALUES = 2 ** 30;

function open({ path, bytes: given }: ImageFile): OpenImage {
  const bytes = plainBytes(given);
  const starts = (...signature: readonly number[]): boolean =>
    signature.every((byte, at) => bytes[at] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return openPng({ path, bytes });
  if (starts(0xff, 0xd8)) return openJpeg({ path, bytes });
  if (bytes.length === 0)
    throw imageError('malformed-file', path, 'expected an image, got no bytes');
  throw imageError('unsupported-format', path, 'expected a PNG or JPEG image, got something else');
}

const describeShape = ({ path, width, height, channels }: OpenImage): string =>
  `"${path}" of ${width} x ${height} ${channels === 1 ? 'gray' : 'color'} pixels`;

function requireOneShape(images: readonly OpenImage[]): readonly [number, number, number] {
  const [first] = images;
  if (first === undefined)
    throw new FloatpathError(
      'invalid-data',
      'readImageFolder: expected at least one PNG or JPEG image, got none',
    );
  const { width, height, channels } = first;
  const other = images.find(
    (image) => image.width !== width || image.height !== height || image.channels !== channels,
  );
  if (other !== undefined)
    throw new FloatpathError(
      'shape-mismatch',
      `readImageFolder: expected images of one size and kind, got ${describeShape(first)} and ${describeShape(other)}; resize or convert them first`,
    );
  if (images.length * width * height * channels > MOST_VALUES)
    throw new FloatpathError(
      'invalid-data',
      `readImageFolder: expected at most ${MOST_VALUES} values, got ${images.length} images of ${width} x ${height}; take fewer`,
    );
  return [channels, height, width];
}

/** Interleaved samples as planes in [0, 1]. */
function fillPlanes(target: Float32Array, { data, highest }: Samples, channels: number): void {
  const values =
    data instanceof Uint8Array
      ? scaledBytes(data)
      : Float32Array.from(data, (value) => value / highest);
  const pixels = values.length / channels;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let channel = 0; channel < channels; channel += 1)
      target[channel * pixels + pixel] = values[pixel * channels + channel] as number;
  }
}

/**
 * Images from a list of PNG and JPEG files: gray ones as `[m, 1, h, w]`, color ones as `[m, 3, h, w]`, in [0, 1]. 8-bit values k are
 * k / 255, 16-bit ones k / 65535; palettes become color, an opaque alpha channel is left out. All must be of one size and kind.
 *
 * All headers are read before any pixel, so that neither a wrong size nor an image that claims to be huge costs memory.
 *
 * @throws {FloatpathError} `malformed-file` and `unsupported-format` naming the file, `shape-mismatch` naming two files of
 * different sizes, `invalid-data` for no image
 */
export function readImages(files: readonly ImageFile[]): Float32Tensor {
  const opened = files.map(open);
  const shape = requireOneShape(opened);
  const size = sizeOf(shape);
  const images = float32Tensor([opened.length, ...shape]);
  opened.forEach((image, at) => {
    const samples = image.decode();
    if (samples.data.length !== size)
      throw imageError(
        'malformed-file',
        image.path,
        `expected ${size} samples, got ${samples.data.length}`,
      );
    fillPlanes(images.data.subarray(at * size, (at + 1) * size), samples, shape[0]);
  });
  return images;
}

/**
 * {@link readImages} with labels: the folders that the files lie in, or a table.
 *
 * @throws {FloatpathError} as {@link readImages}; `invalid-data` for labels that cannot be told
 */
export function readImageFolder(
  files: readonly ImageFile[],
  options: ImageFolderOptions = {},
): Dataset {
  const labeled =
    options.csv === undefined ? labelsByFolder(files) : labelsByTable(files, options.csv);
  const { labels, names } = labeled;
  return checkedDataset('readImageFolder', {
    images: readImages(labeled.files),
    labels,
    ...(names === undefined ? {} : { names, classes: names.length }),
  });
}
