import { float32Tensor, FloatpathError, sizeOf, type Float32Tensor } from '@floatpath/core';
import { malformedIn } from '../as-reader.js';

const malformed = malformedIn('readKeras');

/** Where a layer stands: the names of the models around it and its own, and the same by class with running numbers. */
export interface Place {
  readonly names: readonly string[];
  /** As the third generation files them: `layers/dense_1`. */
  readonly path: string;
}

/** Weights of a model by layer. */
export interface WeightStore {
  /**
   * The weights of the layer at `place`, one per name in the order in which Keras makes them.
   *
   * @throws {FloatpathError} `malformed-file` if one is missing; `unsupported-op` if the layer has more than these
   */
  take(place: Place, names: readonly string[]): readonly Float32Tensor[];
  /** Types other than float32 that were widened, e.g. `float16`. */
  readonly widened: ReadonlySet<string>;
}

export const missingWeight = (place: Place, name: string): FloatpathError =>
  malformed(
    `expected weight "${name}" of layer "${place.names.join('/')}", got none; keep the weights with the model`,
  );

export const surplusWeights = (place: Place, wanted: number, got: number): FloatpathError =>
  new FloatpathError(
    'unsupported-op',
    `readKeras: unsupported weights at layer "${place.names.join('/')}": expected ${wanted}, got ${got}; export the model without quantization or adapters`,
  );

/**
 * The weight `name` of the layer at `place`, with any number of axes.
 *
 * @throws {FloatpathError} `malformed-file` where shape and values disagree
 */
export function weightTensor(
  place: Place,
  name: string,
  { shape, values }: { readonly shape: readonly number[]; readonly values: ArrayLike<number> },
): Float32Tensor {
  const whole = shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!whole || sizeOf(shape) !== values.length) {
    throw malformed(
      `expected the ${values.length} values of weight "${name}" of layer "${place.names.join('/')}" to fill its shape, got [${shape.join(', ')}]`,
    );
  }
  return float32Tensor(shape, Float32Array.from(values));
}
