import { FloatpathError, type Float32Tensor } from '@floatpath/core';
import { asStated, channelsFirst, type LayerGraph, type Value } from '../channels-last/graph.js';
import type { Fields } from './fields.js';

/** What files of different programs mean by the same words. */
export interface Dialect {
  /** Generation of Keras: 1, 2 or 3; TensorFlow.js speaks the second. */
  readonly generation: 1 | 2 | 3;
  /** Where pixels lie when an image is resized linearly; `undefined` where the file's own program is ambiguous. */
  readonly linearResize: 'half_pixel' | 'asymmetric' | undefined;
}

/** A layer that is being put into the graph. */
export interface Layer {
  readonly graph: LayerGraph;
  readonly fields: Fields;
  readonly dialect: Dialect;
  /**
   * The layer's weights, in the order in which Keras makes them; there may be no others.
   *
   * @throws {FloatpathError} `malformed-file` if one is missing or too many are there
   */
  take<N extends string>(names: readonly N[]): Readonly<Record<N, Float32Tensor>>;
}

/** Puts one layer into the graph. */
export type LayerRule = (layer: Layer, inputs: readonly Value[]) => Value;

export function onlyInput({ fields }: Layer, inputs: readonly Value[]): Value {
  const [input] = inputs;
  if (input !== undefined && inputs.length === 1) return input;
  throw new FloatpathError(
    'malformed-file',
    `readKeras: expected one input at layer "${fields.at}", got ${inputs.length}`,
  );
}

/**
 * Does `work` with channels last, whatever order of axes the layer states: an image with its channels first is the very thing
 * that {@link Value} calls stored channels first.
 */
export function inFormat({ graph, fields }: Layer, x: Value, work: (x: Value) => Value): Value {
  if (fields.text('data_format', 'channels_last') !== 'channels_first' || x.shape.length < 3)
    return work(x);
  const stated = asStated(graph, x);
  const [rows = 1, channels = 1, ...plane] = stated.shape;
  const made = work({ name: stated.name, shape: [rows, ...plane, channels], channelsFirst: true });
  if (made.shape.length < 3) return made;
  const { name, shape } = channelsFirst(graph, made);
  return {
    name,
    shape: [shape[0] ?? 1, shape.at(-1) ?? 1, ...shape.slice(1, -1)],
    channelsFirst: false,
  };
}
