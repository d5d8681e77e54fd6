import {
  float32Tensor,
  FloatpathError,
  sizeOf,
  type Bounds,
  type Float32Tensor,
} from '@floatpath/core';
import type { NpyArray } from '@floatpath/model-io/datasets';
import type { AuditData } from '../settings.js';

/** Adversarial examples that somebody else made, brought to the images that are explained. */
export interface GivenAdversarial {
  /** Per image its adversarial version; absent where the file has none. */
  readonly rows: readonly (Float32Tensor | undefined)[];
}

const invalid = (message: string): FloatpathError =>
  new FloatpathError('invalid-data', `explain: ${message}`);

/**
 * Reads adversarial examples from the arrays of an .npz file: `adversarial` or `x_adv`, matched to the images by the indices in
 * `image` where the file has them, else row by row. Labels and images that the file brings along must be those of the data.
 *
 * @param images - the explained images in the network's input shape
 * @throws {FloatpathError} `invalid-data` for other types, labels or images, values that are not finite or outside the bounds;
 * `shape-mismatch`
 */
export function givenAdversarial(
  arrays: ReadonlyMap<string, NpyArray>,
  data: AuditData,
  images: Float32Tensor,
  [low, high]: Bounds,
): GivenAdversarial {
  const found = arrays.get('adversarial') ?? arrays.get('x_adv');
  if (found === undefined) {
    throw invalid(
      `expected an array adversarial or x_adv, got ${[...arrays.keys()].join(', ') || 'none'}`,
    );
  }
  if (found.dtype !== 'float32' && found.dtype !== 'float64') {
    throw invalid(
      `expected adversarial inputs of type float32, got ${found.dtype}; store them as they are fed to the model`,
    );
  }
  const [count = 0, ...shape] = found.shape;
  const size = sizeOf(images.shape.slice(1));
  if (sizeOf(shape) !== size) {
    throw new FloatpathError(
      'shape-mismatch',
      `explain: expected adversarial inputs of shape [${images.shape.slice(1).join(', ')}], got [${shape.join(', ')}]`,
    );
  }
  const values = Float32Array.from(found.data as Float32Array | Float64Array);
  const rowOf = rowsByImage(arrays.get('image'), count, data);
  const labels = arrays.get('y') ?? arrays.get('labels');
  const originals = arrays.get('x') ?? arrays.get('images');
  const rows = Array.from(data.ids, (image, i): Float32Tensor | undefined => {
    const row = rowOf(i);
    if (row === undefined) return undefined;
    const own = values.subarray(row * size, (row + 1) * size);
    const outside = own.findIndex((v) => !(v >= low && v <= high));
    if (outside >= 0) {
      throw invalid(
        `expected adversarial inputs in [${low}, ${high}], got ${own[outside]} in row ${row} (image ${image}); give the range of your data with --bounds`,
      );
    }
    if (labels !== undefined && Number(labels.data[row]) !== data.labels[i]) {
      throw invalid(
        `expected the labels of the data, got ${Number(labels.data[row])} in row ${row} where image ${image} has ${data.labels[i]}; the file belongs to other images`,
      );
    }
    const clean = images.data.subarray(i * size, (i + 1) * size);
    if (
      originals !== undefined &&
      clean.some((v, k) => v !== Math.fround(Number(originals.data[row * size + k])))
    ) {
      throw invalid(
        `expected the images of the data, got another one in row ${row} for image ${image}; the file belongs to other images`,
      );
    }
    return float32Tensor([1, ...images.shape.slice(1)], own);
  });
  if (rows.every((row) => row === undefined)) {
    throw invalid(
      'expected adversarial versions of the selected images, got none of them; see --skip, --every and --limit',
    );
  }
  return { rows };
}

function rowsByImage(
  indices: NpyArray | undefined,
  count: number,
  { ids }: AuditData,
): (position: number) => number | undefined {
  if (indices === undefined) {
    if (count !== ids.length) {
      throw new FloatpathError(
        'shape-mismatch',
        `explain: expected one adversarial input per image, got ${count} for ${ids.length} images; add an array image with the index of each in its data set, or select the images with --limit, --skip and --every`,
      );
    }
    return (position) => position;
  }
  if (indices.data.length !== count) {
    throw new FloatpathError(
      'shape-mismatch',
      `explain: expected one index in image per adversarial input, got ${indices.data.length} for ${count}`,
    );
  }
  const rows = new Map<number, number>();
  Array.from(indices.data as ArrayLike<number | bigint>, Number).forEach((image, row) => {
    if (rows.has(image)) throw invalid(`expected each image once, got image ${image} twice`);
    rows.set(image, row);
  });
  return (position) => rows.get(ids[position] as number);
}
